"""The entities that can be searched: the `indexing.py` of each app registers its own here."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from django.db.models import SET_NULL, ForeignKey, Model
from django.db.models.signals import post_delete, post_save, pre_delete

from search.arrays import Vector
from search.errors import UnknownTable
from search.sync import outbox

Scalar = str | int | float | bool | datetime | UUID | None
Value = Scalar | tuple[str, ...]
ColumnKind = Literal["uuid", "text", "int", "float", "bool", "time", "texts"]


@dataclass(frozen=True)
class Column:
    """A value beside the text, which searches can filter by.

    `indexed`: it has an index of its own, for entities of which one owner may have very many.
    """

    name: str
    kind: ColumnKind
    indexed: bool = False


@dataclass(frozen=True)
class Document:
    """What the index should hold of one entity."""

    entity_id: UUID
    owner_id: UUID
    text: str
    columns: Mapping[str, Value]


@dataclass(frozen=True)
class Neighbors:
    """Which entities explain each other: those with the same `group`, in the order of `order`. Both are columns."""

    group: str
    order: str


@dataclass(frozen=True)
class TextVector:
    """The vector of one chunk of an entity's text. `fingerprint` is of the text, so that another one never gets it."""

    entity_id: UUID
    fingerprint: bytes
    vector: Vector


class VectorStore(Protocol):
    """Keeps vectors outside of the index, so that a rebuild needs no embedder. `model` is the identity of the model."""

    def load(self, ids: Sequence[UUID], *, model: str, dimensions: int) -> Mapping[tuple[UUID, bytes], Vector]:
        """The known vectors of these entities, by their ids and the fingerprints of the texts."""

    def save(self, vectors: Sequence[TextVector], *, model: str) -> None:
        """Replace the vectors of these entities, whose vectors stand together. Called outside of a transaction."""


@dataclass(frozen=True)
class Entity:
    """One model in the index.

    `documents` takes ids, and returns a document for each entity that should be in the index now; the others are
    removed from it. `owner_field` names the attribute and column with the owner's id. `text_fields` names the text
    fields that are searched in PostgreSQL while the index is unavailable. `stored_by` is a column by which the rows of
    an owner are sorted in the files, so that rows with one value are read together. `vectors` keeps the vectors, too.
    """

    table: str
    model: type[Model]
    columns: tuple[Column, ...]
    documents: Callable[[Sequence[UUID]], Iterable[Document]]
    embedded: bool = True
    owner_field: str = "owner_id"
    neighbors: Neighbors | None = None
    text_fields: tuple[str, ...] = ()
    stored_by: str = ""
    vectors: VectorStore | None = None


_entities: dict[str, Entity] = {}

Values = Callable[[Sequence[UUID]], Mapping[UUID, Value]]


def register(entity: Entity) -> None:
    """Keep the table in sync with the model: each save and delete writes an outbox entry in its transaction."""
    _entities[entity.table] = entity

    def on_change(instance: Model, **_: Any) -> None:
        outbox.record(table=entity.table, owner_id=getattr(instance, entity.owner_field), entity_ids=[instance.pk])

    name = f"search:{entity.table}"
    post_save.connect(on_change, sender=entity.model, weak=False, dispatch_uid=name)
    post_delete.connect(on_change, sender=entity.model, weak=False, dispatch_uid=name)
    for foreign_key in _nullable_foreign_keys(entity):
        pre_delete.connect(
            _on_target_delete(entity, foreign_key),
            sender=foreign_key.related_model,
            weak=False,
            dispatch_uid=f"{name}:{foreign_key}",
        )


def add_column(*, table: str, column: Column, values: Values) -> None:
    """Add to a table of an app below a column that only the calling app can fill.

    `values` takes ids, and returns a value for each. Whoever changes such a value marks the entity as changed.
    """
    entity = _entities[table]

    def documents(ids: Sequence[UUID]) -> Iterator[Document]:
        known = values(ids)
        for document in entity.documents(ids):
            added = {column.name: known.get(document.entity_id)}
            yield replace(document, columns={**document.columns, **added})

    _entities[table] = replace(entity, columns=(*entity.columns, column), documents=documents)


def _nullable_foreign_keys(entity: Entity) -> list[Any]:
    """The entity's foreign keys that Django sets to null, without a signal, when their target is deleted."""
    columns = {column.name for column in entity.columns}
    fields = entity.model._meta.concrete_fields
    foreign_keys = [field for field in fields if isinstance(field, ForeignKey) and field.attname in columns]
    return [foreign_key for foreign_key in foreign_keys if foreign_key.remote_field.on_delete is SET_NULL]


def _on_target_delete(entity: Entity, foreign_key: Any) -> Callable[..., None]:
    def on_delete(instance: Model, **_: Any) -> None:
        owners: dict[UUID, list[UUID]] = defaultdict(list)
        rows = entity.model._default_manager.filter(**{foreign_key.attname: instance.pk})
        for owner_id, pk in rows.values_list(entity.owner_field, "pk"):
            owners[owner_id].append(pk)
        for owner_id, ids in owners.items():
            outbox.record(table=entity.table, owner_id=owner_id, entity_ids=ids)

    return on_delete


def entity_of(table: str) -> Entity:
    """Raises UnknownTable."""
    try:
        return _entities[table]
    except KeyError:
        raise UnknownTable from None


def entities() -> list[Entity]:
    return list(_entities.values())
