"""PostgreSQL shows and changes rows only for their owner: docs/row-level-security.md."""

from django.db import migrations

from base.postgresql.policies import owners_of_parent_only, owners_only


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_one_email_per_user'),
        ('account', '0009_emailaddress_unique_primary_email'),
        ('mfa', '0003_authenticator_type_uniq'),
        ('usersessions', '0001_initial'),
        ('admin', '0003_logentry_add_action_flag_choices'),
    ]

    operations = [
        owners_only('accounts_user', column='id', sign_in=True),
        owners_only('accounts_apitoken', sign_in=True),
        owners_only('accounts_user_groups', column='user_id', sign_in=True),
        owners_only('accounts_user_user_permissions', column='user_id', sign_in=True),
        owners_only('account_emailaddress', column='user_id', sign_in=True),
        owners_of_parent_only('account_emailconfirmation', column='email_address_id', parent='account_emailaddress', sign_in=True),
        owners_only('mfa_authenticator', column='user_id', sign_in=True),
        owners_only('usersessions_usersession', column='user_id', sign_in=True),
        owners_only('django_admin_log', column='user_id'),
    ]
