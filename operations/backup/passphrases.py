"""Asking the operator for a passphrase. BACKUP_PASSPHRASE answers without a question."""

import sys
from getpass import getpass

from django.conf import settings

from operations.backup.errors import BackupError, WrongPassphrase
from operations.backup.files.secret_box import unseal

ATTEMPTS = 3


def new_passphrase() -> str:
    """Raises BackupError if there is nobody to ask, or if the two entries differ."""
    if settings.BACKUP_PASSPHRASE:
        return str(settings.BACKUP_PASSPHRASE)
    passphrase, needed = _ask("Passphrase for the secrets: "), settings.MIN_PASSPHRASE_LENGTH
    if len(passphrase) < needed:
        raise BackupError(f"The passphrase has {len(passphrase)} characters. Choose one with {needed} or more.")
    if _ask("The same passphrase again: ") != passphrase:
        raise BackupError("The two passphrases differ. Run the command again.")
    return passphrase


def unlock(sealed: bytes) -> bytes:
    """The secrets of a backup, decrypted. Raises BackupError if the passphrase is wrong."""
    if settings.BACKUP_PASSPHRASE:
        try:
            return unseal(sealed, settings.BACKUP_PASSPHRASE)
        except WrongPassphrase:
            if not sys.stdin.isatty():
                raise BackupError(
                    "BACKUP_PASSPHRASE is not the passphrase of this backup. "
                    "Set it to the right one, or restore with --without-secrets."
                ) from None
    for _attempt in range(ATTEMPTS):
        try:
            return unseal(sealed, _ask("Passphrase of the secrets in this backup: "))
        except WrongPassphrase as error:
            sys.stderr.write(f"{error}\n")
    raise BackupError("None of the passphrases was right. To restore without the secrets, use --without-secrets.")


def _ask(question: str) -> str:
    if not sys.stdin.isatty():
        raise BackupError("A passphrase is needed, and this is not a terminal. Set BACKUP_PASSPHRASE.")
    return getpass(question)
