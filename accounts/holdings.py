"""What is kept of a person: each app registers its own, so that export and departure forget nothing."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.db.models import Model, QuerySet

from accounts.models import User


@dataclass(frozen=True)
class Holding:
    """Rows with an `owner` and a uuid key. `fields` go into the export under `name`; secrets are never among them."""

    name: str
    model: type[Model]
    fields: tuple[str, ...]

    def of(self, owner: User) -> "QuerySet[Model]":
        return self.model._default_manager.filter(owner=owner).order_by("pk")


class Forget(Protocol):
    def __call__(self, *, owner_id: UUID) -> None: ...


_holdings: dict[str, Holding] = {}
_elsewhere: list[Forget] = []


def register(*holdings: Holding) -> None:
    _holdings.update({holding.name: holding for holding in holdings})


def register_elsewhere(forget: Forget) -> None:
    """Have `forget` called in the transaction in which the account goes."""
    _elsewhere.append(forget)


def holdings() -> list[Holding]:
    return list(_holdings.values())


def forget_elsewhere(owner_id: UUID) -> None:
    for forget in _elsewhere:
        forget(owner_id=owner_id)
