"""The setting of the archive for point-in-time recovery, which `manage.py up` needs too."""

from pathlib import Path

from base.configuration.environment import add_error, text


def point_in_time_dir() -> str:
    """The absolute path of the directory, or an empty string. Servers of one's own have their own tools for this."""
    directory = text("POINT_IN_TIME_DIR", default="")
    if directory and text("DATABASE_URL", default=""):
        add_error("POINT_IN_TIME_DIR is for the embedded PostgreSQL; unset it, and archive the one at DATABASE_URL.")
    return str(Path(directory).expanduser().resolve()) if directory else ""
