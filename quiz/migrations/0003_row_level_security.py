"""PostgreSQL shows and changes rows only for their owner: docs/row-level-security.md."""

from django.db import migrations

from base.postgresql.policies import owners_only


class Migration(migrations.Migration):

    dependencies = [
        ('quiz', '0002_alter_reviewsettings_options'),
    ]

    operations = [
        owners_only('quiz_parameterset'),
        owners_only('quiz_reviewsettings'),
        owners_only('quiz_review'),
    ]
