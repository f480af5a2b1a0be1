"""Conversations about a goal or a skill."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0005_forgotten_and_left_out'),
        ('goals', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='conversation',
            name='goal',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='conversations', to='goals.goal'),
        ),
        migrations.AddField(
            model_name='conversation',
            name='skill',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='conversations', to='goals.skillnode'),
        ),
    ]
