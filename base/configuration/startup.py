"""The settings that `manage.py up` needs too. It reads them without Django."""

from base.configuration.environment import choice, integer, text


def address() -> tuple[str, int]:
    """The host and the port of the site."""
    return text("HOST", default="127.0.0.1"), integer("PORT", default=8000, minimum=1, maximum=65535)


def log_level() -> str:
    return choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), default="INFO")
