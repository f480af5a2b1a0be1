"""What the model was given for each reply. Replies from before have the citations that they show."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0003_row_level_security'),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='context',
            field=models.JSONField(blank=True, default=list),
        ),
    ]
