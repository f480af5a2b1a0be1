"""What can go wrong with a backup or a restore."""


class BackupError(Exception):
    """The backup or the restore did not happen. The message also tells the operator what to do."""


class DamagedBackup(BackupError):
    """The file is not a backup, or not the one that was written."""


class WrongPassphrase(BackupError):
    """The passphrase does not decrypt the secrets."""
