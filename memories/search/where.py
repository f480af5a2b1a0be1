"""`where`: an object that a record must contain, such as {"status": "open"}. There are no operators."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from base.api.strict_json import NotStrictJson, parse_json
from base.text import storable
from memories.errors import InvalidWhere
from memories.records.values import MAX_DEPTH, TooDeep, TooManyBytes, written

MAX_WHERE_BYTES = 4_096


def parsed_where(text: str) -> Mapping[str, Any]:
    """The object that a query string or a form has as JSON. Raises InvalidWhere."""
    try:
        return checked_where(parse_json(text))
    except NotStrictJson:
        raise InvalidWhere from None


def checked_where(where: object) -> Mapping[str, Any]:
    """Raises InvalidWhere for what is no object, is too large, or has what JSONB can't hold or an operator."""
    if not isinstance(where, Mapping):
        raise InvalidWhere
    try:
        text = written(where)
    except TooManyBytes:
        raise _too_large() from None
    except TooDeep:
        raise InvalidWhere(_("“where” can be nested %(depth)d levels deep.") % {"depth": MAX_DEPTH}) from None
    except (ValueError, TypeError):
        raise InvalidWhere from None
    if len(text.encode()) > MAX_WHERE_BYTES:
        raise _too_large()
    _check_texts(where)
    return where


def _too_large() -> InvalidWhere:
    return InvalidWhere(_("“where” can have up to %(bytes)d bytes.") % {"bytes": MAX_WHERE_BYTES})


def _check_texts(where: Mapping[str, Any]) -> None:
    unchecked: list[object] = [where]
    while unchecked:
        value = unchecked.pop()
        if isinstance(value, Mapping):
            unchecked += [*value.keys(), *value.values()]
            _check_keys(value)
        elif isinstance(value, list):
            unchecked += value
        elif isinstance(value, str) and storable(value) != value:
            raise InvalidWhere(_("“where” contains characters that can't be stored."))


def _check_keys(value: Mapping[str, Any]) -> None:
    operator = next((key for key in value if key.startswith("$")), None)
    if operator is not None:
        message = _("“where” names values that a record has; it can't have the operator “%(operator)s”.")
        raise InvalidWhere(message % {"operator": operator[:50]})
