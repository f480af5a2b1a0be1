"""Reading the environment variables, and reporting all bad values together. Imports no Django: see decision 27.

The functions record a bad value and return the default. At the end of the settings `take_errors` has one error message
for each bad value: the variable's name and the fix.

An empty value counts as unset, so a line `PORT=` in `.env` means the default. Each function records the variable's
name and default in `known`, which a test compares with `.env.example`.
"""

import ipaddress
import json
import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import load_dotenv

known: dict[str, str] = {}
_errors: list[str] = []

# True in `manage.py doctor`: bad values do not abort it but are collected here, and no secret is created.
inspecting = False
bad_values: list[str] = []

TRUE = ("1", "true", "yes", "on")
FALSE = ("0", "false", "no", "off")


def add_error(message: str) -> None:
    """Have `take_errors` report this. The same message is reported once."""
    errors = bad_values if inspecting else _errors
    if message not in errors:
        errors.append(message)


def take_errors() -> str:
    """All errors since the last call, one per line; empty when there are none."""
    message = "\n".join(_errors)
    _errors.clear()
    return message


def read_file(path: Path) -> None:
    """Add the variables of a `.env` file. Variables that are already set keep their value."""
    load_dotenv(path, interpolate=False)  # a password may contain ${


def text(name: str, *, default: str) -> str:
    known[name] = default
    return os.environ.get(name, "").strip() or default


def choice(name: str, allowed: Sequence[str], *, default: str) -> str:
    value = text(name, default=default)
    if value not in allowed:
        add_error(f"{name} is {value!r}; set it to one of: {', '.join(allowed)}.")
        return default
    return value


def flag(name: str, *, default: bool) -> bool:
    value = text(name, default=str(default).lower()).lower()
    if value not in TRUE + FALSE:
        add_error(f"{name} is {value!r}; set it to true or false.")
        return default
    return value in TRUE


def integer(name: str, *, default: int, minimum: int, maximum: int) -> int:
    value = text(name, default=str(default))
    if not (value.isascii() and value.isdigit() and minimum <= int(value) <= maximum):
        add_error(f"{name} is {value!r}; set it to a whole number from {minimum} to {maximum}.")
        return default
    return int(value)


def comma_separated(name: str, *, default: Sequence[str] = ()) -> list[str]:
    return [part.strip() for part in text(name, default=",".join(default)).split(",") if part.strip()]


def secret(name: str, *, min_length: int, advice: str = ".") -> str:
    """A secret of at least `min_length` characters, or an empty text. `advice` ends the message for a shorter one."""
    value = text(name, default="")
    if value and len(value) < min_length:
        add_error(f"{name} has {len(value)} characters; set {min_length} or more{advice}")
    return value


def networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """IP addresses and networks, separated by commas."""
    try:
        return [ipaddress.ip_network(part) for part in comma_separated(name)]
    except ValueError as error:
        add_error(f"{name}: {error}; write addresses as 10.0.0.5 and networks as 10.0.0.0/24, separated by commas.")
        return []


def http_url(name: str, *, default: str) -> str:
    """An http or https URL, without a slash at its end."""
    value = text(name, default=default)
    try:
        valid = urlsplit(value).scheme in ("http", "https") and bool(urlsplit(value).hostname)
    except ValueError:
        valid = False
    if not valid:
        add_error(f"{name} is {value!r}; set it to an address such as {default}.")
        return default
    return value.rstrip("/")


def mapping(name: str) -> dict[str, str]:
    """A JSON object of strings."""
    try:
        value = json.loads(text(name, default="{}"))
        valid = isinstance(value, dict) and all(isinstance(entry, str) for entry in value.values())
    except ValueError:
        valid = False
    if not valid:
        add_error(f'{name} is not a JSON object of strings; write it as {{"region": "eu-west-1"}}.')
        return {}
    return dict(value)
