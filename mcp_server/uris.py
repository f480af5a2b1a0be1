"""The URIs by which programs name rows: `memoryloop://card/01a1fea7-713e-73f1-99e6-4d21b4049720`."""

import re
from uuid import UUID

from django.db.models import Model

from base.errors import NotFound

SCHEME = "memoryloop"
_URI = re.compile(rf"{SCHEME}://([a-z]+)/([0-9a-fA-F]{{8}}(?:-[0-9a-fA-F]{{4}}){{3}}-[0-9a-fA-F]{{12}})")


def uri_of(row: Model) -> str:
    """The kind of resource is the name of the row's model."""
    return f"{SCHEME}://{row._meta.model_name}/{row.pk}"


def template_of(kind: str) -> str:
    return f"{SCHEME}://{kind}/{{id}}"


def parsed_uri(uri: str) -> tuple[str, UUID]:
    """The kind of resource and the id of its row. Raises NotFound."""
    match = _URI.fullmatch(uri)
    if match is None:
        raise NotFound
    return match[1], UUID(match[2])
