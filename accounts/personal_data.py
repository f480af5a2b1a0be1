"""The tables with personal data. Each app registers its own, so that export and account deletion are complete."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.db.models import Model, QuerySet

from accounts.models import User


@dataclass(frozen=True)
class PersonalData:
    """A table whose rows have an `owner`. The export lists `fields`, which hold no secrets, under `name`."""

    name: str
    model: type[Model]
    fields: tuple[str, ...]

    @property
    def has_own_id(self) -> bool:
        """False for a table with one row per owner, whose primary key is the owner."""
        return self.model._meta.pk.name == "id"

    def rows_of(self, owner: User) -> "QuerySet[Model]":
        return self.model._default_manager.filter(owner=owner)


class Cleanup(Protocol):
    def __call__(self, *, owner_id: UUID) -> None: ...


_tables: dict[str, PersonalData] = {}
_cleanups: list[Cleanup] = []


def register(*tables: PersonalData) -> None:
    _tables.update({table.name: table for table in tables})


def register_cleanup(cleanup: Cleanup) -> None:
    """Call `cleanup` in the transaction that deletes an account."""
    _cleanups.append(cleanup)


def registered() -> list[PersonalData]:
    return list(_tables.values())


def run_cleanups(owner_id: UUID) -> None:
    for cleanup in _cleanups:
        cleanup(owner_id=owner_id)
