"""PostgreSQL shows and changes rows only for their owner: docs/row-level-security.md."""

from django.db import migrations

from base.postgresql.policies import owners_only


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0002_time_of_postgresql'),
    ]

    operations = [
        owners_only('chat_conversation'),
        owners_only('chat_message'),
    ]
