"""Cards of a skill."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('flashcards', '0003_row_level_security'),
        ('goals', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='card',
            name='skill',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='cards', to='goals.skillnode'),
        ),
        migrations.AddField(
            model_name='generation',
            name='skill',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='generations', to='goals.skillnode'),
        ),
    ]
