"""All personal data of a user as one JSON document, streamed while it is read from the database."""

import json
from collections.abc import AsyncIterator, Iterable
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.core.serializers.json import DjangoJSONEncoder

from accounts.models import User
from accounts.personal_data import PersonalData, registered
from base.connections import release_connection

ROWS_AT_ONCE = 500
ACCOUNT_FIELDS = ("id", "email", "name", "date_joined")
TOKEN_FIELDS = ("name", "last4", "scopes", "created_at", "last_used_at")


async def export(owner: User) -> AsyncIterator[str]:
    """The document in pieces. No database connection is held between two pieces."""
    yield f'{{"account": {_json(_account(owner))}'
    yield f', "api_tokens": {_json(await _tokens(owner))}'
    for table in registered():
        yield f", {_json(table.name)}: ["
        last_id, written = None, 0
        while rows := await _page(table, owner, last_id):
            yield (", " if written else "") + ", ".join(map(_json, rows))
            last_id, written = rows[-1]["id"], written + len(rows)
        yield "]"
    yield "}\n"


def _account(owner: User) -> dict[str, Any]:
    return {field: getattr(owner, field) for field in ACCOUNT_FIELDS}


@sync_to_async
def _tokens(owner: User) -> list[dict[str, Any]]:
    return _read(owner.api_tokens.values(*TOKEN_FIELDS))


@sync_to_async
def _page(table: PersonalData, owner: User, after: UUID | None) -> list[dict[str, Any]]:
    rows = table.rows_of(owner)
    if after is not None:
        rows = rows.filter(pk__gt=after)
    return _read(rows.values("id", *table.fields)[:ROWS_AT_ONCE])


def _read(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    try:
        return list(rows)
    finally:
        release_connection()


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
