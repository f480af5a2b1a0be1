"""The personal data in the index is deleted with the account."""

from accounts.personal_data import register_cleanup
from search.services import delete_owner

register_cleanup(delete_owner)
