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
from base.models import batch_by_pk

BATCH_SIZE = 500  # rows
ACCOUNT_FIELDS = ("id", "email", "name", "date_joined")
TOKEN_FIELDS = ("name", "last4", "scopes", "created_at", "last_used_at", "expires_at")


async def export(owner: User) -> AsyncIterator[str]:
    """The document in chunks. No database connection is held between two chunks."""
    yield f'{{"account": {_json(_account(owner))}'
    yield f', "api_tokens": {_json(await _tokens(owner))}'
    for table in registered():
        yield f", {_json(table.name)}: ["
        last_key, written = None, 0
        while page := await _page(table, owner, last_key):
            yield (", " if written else "") + ", ".join(_json(row) for _, row in page)
            last_key, written = page[-1][0], written + len(page)
        yield "]"
    yield "}\n"


def _account(owner: User) -> dict[str, Any]:
    return {field: getattr(owner, field) for field in ACCOUNT_FIELDS}


@sync_to_async
def _tokens(owner: User) -> list[dict[str, Any]]:
    return _read(owner.api_tokens.values(*TOKEN_FIELDS))


@sync_to_async
def _page(table: PersonalData, owner: User, after: UUID | None) -> list[tuple[UUID, dict[str, Any]]]:
    """Rows with their primary keys. A row has no `id` if its primary key is the owner."""
    fields = ("id", *table.fields) if table.has_own_id else table.fields
    rows = table.rows_of(owner).values("pk", *fields)
    page = _read(batch_by_pk(rows, after=after, size=BATCH_SIZE))
    return [(row.pop("pk"), row) for row in page]


def _read(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    try:
        return list(rows)
    finally:
        release_connection()


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
