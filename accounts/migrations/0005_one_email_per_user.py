"""A user has one email address: that of the user's row. allauth's table repeats it and can hold no other.

Rows of allauth's table with another address are deleted: with them, a user could claim the address of somebody else.
Whoever signed in with such a second address signs in with the address of the user's row from now on.
"""

import logging

from django.db import migrations

logger = logging.getLogger(__name__)

FURTHER_ADDRESSES = """
    SELECT id FROM (
        SELECT e.id, lower(e.email) = lower(u.email) AS own,
               row_number() OVER (PARTITION BY e.user_id, lower(e.email) ORDER BY e.verified DESC, e.id) AS number
        FROM account_emailaddress e JOIN accounts_user u ON u.id = e.user_id
    ) AS numbered WHERE NOT own OR number > 1
"""


def keep_one_address(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM account_emailconfirmation WHERE email_address_id IN ({FURTHER_ADDRESSES})")
        cursor.execute(f"DELETE FROM account_emailaddress WHERE id IN ({FURTHER_ADDRESSES})")
        if cursor.rowcount:
            logger.warning("%s further email addresses of users were deleted: a user has one now", cursor.rowcount)
        cursor.execute("UPDATE accounts_user SET email = lower(email) WHERE email <> lower(email)")
        cursor.execute(
            'UPDATE account_emailaddress e SET email = u.email, "primary" = true FROM accounts_user u '
            'WHERE u.id = e.user_id AND (e.email <> u.email OR NOT e."primary")'
        )
        # The statements below fail while foreign keys wait for the commit to be checked.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_api_token_expires_at'),
        ('account', '0009_emailaddress_unique_primary_email'),
    ]

    operations = [
        migrations.RunPython(keep_one_address, migrations.RunPython.noop, elidable=False),
        migrations.RunSQL(
            [
                'CREATE UNIQUE INDEX emailaddress_any_case ON account_emailaddress (lower(email))',
                'CREATE UNIQUE INDEX emailaddress_one_per_user ON account_emailaddress (user_id)',
                'CREATE UNIQUE INDEX user_with_email ON accounts_user (id, email)',
                # The address follows that of the user, whatever changes it.
                'ALTER TABLE account_emailaddress ADD CONSTRAINT emailaddress_of_user '
                'FOREIGN KEY (user_id, email) REFERENCES accounts_user (id, email) '
                'ON UPDATE CASCADE ON DELETE CASCADE',
            ],
            [
                'ALTER TABLE account_emailaddress DROP CONSTRAINT emailaddress_of_user',
                'DROP INDEX user_with_email',
                'DROP INDEX emailaddress_one_per_user',
                'DROP INDEX emailaddress_any_case',
            ],
        ),
    ]
