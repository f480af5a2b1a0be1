"""Reading and checking what the environment says; a bad value ends the start with its name and the fix.

An empty value counts as not given, so a line `PORT=` in `.env` means the default. Every reader notes the
variable's name and default in `known`, which the test of `.env.example` compares.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

known: dict[str, str] = {}

TRUE = ("1", "true", "yes", "on")
FALSE = ("0", "false", "no", "off")


def read_file(path: Path) -> None:
    """Take what a `.env` file says, without replacing what the environment already says."""
    environ.Env.read_env(path)


def text(name: str, *, default: str) -> str:
    known[name] = default
    return os.environ.get(name, "").strip() or default


def choice(name: str, allowed: Sequence[str], *, default: str) -> str:
    value = text(name, default=default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}; set it to one of: {', '.join(allowed)}.")
    return value


def flag(name: str, *, default: bool) -> bool:
    value = text(name, default=str(default).lower()).lower()
    if value not in TRUE + FALSE:
        raise ImproperlyConfigured(f"{name} is {value!r}; set it to true or false.")
    return value in TRUE


def whole(name: str, *, default: int, least: int, most: int) -> int:
    value = text(name, default=str(default))
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise ImproperlyConfigured(f"{name} is {value!r}; set it to a whole number from {least} to {most}.")
    return int(value)


def words(name: str, *, default: Sequence[str] = ()) -> list[str]:
    """The parts between commas."""
    return [part.strip() for part in text(name, default=",".join(default)).split(",") if part.strip()]


def web_address(name: str, *, default: str) -> str:
    """An http or https address, without a slash at its end."""
    value = text(name, default=default)
    try:
        valid = urlsplit(value).scheme in ("http", "https") and bool(urlsplit(value).hostname)
    except ValueError:
        valid = False
    if not valid:
        raise ImproperlyConfigured(f"{name} is {value!r}; set it to an address such as {default}.")
    return value.rstrip("/")


def mapping(name: str) -> dict[str, str]:
    """A JSON object of strings."""
    try:
        value = json.loads(text(name, default="{}"))
        valid = isinstance(value, dict) and all(isinstance(entry, str) for entry in value.values())
    except ValueError:
        valid = False
    if not valid:
        raise ImproperlyConfigured(f'{name} is no JSON object of strings; write it as {{"region": "eu-west-1"}}.')
    return dict(value)


def mail(name: str) -> dict[str, Any]:
    """Django's EMAIL settings out of one address; without it mails are written to the console."""
    try:
        config = environ.Env.email_url_config(text(name, default="consolemail://"))
    except (ImproperlyConfigured, ValueError):
        raise ImproperlyConfigured(
            f"{name} is not understood; write it as smtp+tls://user:password@host:587 or consolemail://."
        ) from None
    return dict(config)
