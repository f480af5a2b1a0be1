"""`manage.py rotate_keys` encrypts every stored secret under the first of FIELD_ENCRYPTION_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.progress import track

from accounts.sign_in.second_factor import rotate_second_factors
from providers.errors import KeyUnreadable
from providers.models import ProviderKey
from providers.services import rotate_key


class Command(BaseCommand):
    help = (
        "Encrypt every stored API key and second factor under the first of FIELD_ENCRYPTION_KEYS. Each row has its "
        "own transaction, so the command can be stopped at any time and run again. Afterwards the old encryption keys "
        "can be removed."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        keys = ProviderKey.objects.order_by("pk")
        rotated, unreadable = 0, []
        for key in track(keys.iterator(), total=keys.count(), description="Rotating", disable=not self._is_terminal()):
            try:
                rotated += rotate_key(key=key)
            except KeyUnreadable:
                unreadable.append(str(key.pk))
        self.stdout.write(f"{rotated} keys rotated.")
        self._rotate_second_factors()
        if unreadable:
            raise CommandError(
                f"No encryption key decrypts {len(unreadable)} stored keys; their owners must enter them again: "
                + ", ".join(unreadable)
            )

    def _rotate_second_factors(self) -> None:
        rotated, unreadable = rotate_second_factors()
        self.stdout.write(f"{rotated} second factors rotated.")
        if unreadable:
            self.stderr.write(f"No encryption key decrypts {unreadable} second factors; remove them in the admin.")

    def _is_terminal(self) -> bool:
        return bool(getattr(self.stdout, "isatty", lambda: False)())
