"""PostgreSQL shows and changes rows only for their owner: docs/row-level-security.md."""

from django.db import migrations

from base.postgresql.policies import owners_only


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0004_time_of_postgresql'),
    ]

    operations = [
        owners_only('search_outboxentry'),
    ]
