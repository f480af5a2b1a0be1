"""The vectors of a memory beside it, and an index for the list of all of a user's memories."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('memories', '0003_conversation_projects'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='memory',
            name='embedding',
            field=models.BinaryField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='memory',
            name='embedding_model',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=300),
        ),
        migrations.AddIndex(
            model_name='memory',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['owner', '-id'], name='memory_owner_list'),
        ),
    ]
