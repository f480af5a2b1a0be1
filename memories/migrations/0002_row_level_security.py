"""PostgreSQL shows and changes rows only for their owner: docs/row-level-security.md."""

from django.db import migrations

from base.postgresql.policies import owners_only


class Migration(migrations.Migration):

    dependencies = [
        ('memories', '0001_initial'),
    ]

    operations = [
        owners_only('memories_project'),
        owners_only('memories_memory'),
    ]
