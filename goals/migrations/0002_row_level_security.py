"""PostgreSQL shows and changes rows only for their owner: docs/row-level-security.md."""

from django.db import migrations

from base.postgresql.policies import owners_only


class Migration(migrations.Migration):

    dependencies = [
        ('goals', '0001_initial'),
    ]

    operations = [
        owners_only('goals_goal'),
        owners_only('goals_skilltree'),
        owners_only('goals_skillnode'),
        owners_only('goals_skillprerequisite'),
        owners_only('goals_treerun'),
    ]
