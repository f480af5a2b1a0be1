"""The outbox, and the LanceDB tables of each entity."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from base.models import ClockTimestamp, new_id


class OutboxStatus(models.TextChoices):
    PENDING = "pending"
    DONE = "done"
    DEAD = "dead"


class OutboxEntry(models.Model):
    """Says that an entity may differ from the index. It is written in the transaction of the change.

    The id comes from a sequence and is the `rev` of the change: for one entity a later change has a greater id,
    because writers of the same row wait for each other. There is no foreign key: the entry outlives the entity.
    """

    id = models.BigAutoField(primary_key=True)
    table = models.CharField(max_length=40)
    owner_id = models.UUIDField()
    # Null stands for all of the owner's entities in this table: the account was deleted.
    entity_id = models.UUIDField(null=True)
    status = models.CharField(max_length=10, choices=OutboxStatus.choices, default=OutboxStatus.PENDING)
    # Claiming an entry moves this into the future: when the worker dies, the entry becomes due again.
    due_at = models.DateTimeField(db_default=ClockTimestamp())
    attempts = models.PositiveIntegerField(default=0)
    # The text is in the index, but not its vector. Such entries are embedded apart, so that no text waits for a model.
    missing_vector = models.BooleanField(default=False, db_default=False)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "outbox entries"
        indexes = [
            models.Index(
                fields=["missing_vector", "due_at", "id"], name="outbox_pending", condition=Q(status="pending")
            ),
            models.Index(fields=["table", "entity_id", "id"], name="outbox_newest"),
            models.Index(fields=["done_at"], name="outbox_done", condition=Q(status="done")),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.entity_id or self.owner_id} rev {self.id}"


class TableState(models.TextChoices):
    BUILDING = "building"
    ACTIVE = "active"
    RETIRED = "retired"


class RepairStep(models.TextChoices):
    """What the last repair of a table did."""

    NONE = "", "None"
    CHECKED = "checked"  # no damage was found
    INDICES = "indices"  # they were recreated


class IndexTable(models.Model):
    """One LanceDB table: the entity that it holds, and how its vectors were made (its identity)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    table = models.CharField(max_length=40)
    lance_name = models.CharField(max_length=80, unique=True)
    state = models.CharField(max_length=10, choices=TableState.choices, default=TableState.BUILDING)
    backend = models.CharField(max_length=20)
    model = models.CharField(max_length=100)
    dimensions = models.PositiveIntegerField()
    prefixes = models.CharField(max_length=100, blank=True)
    schema_version = models.PositiveIntegerField()
    # The last primary key that a build has written. An interrupted build continues after it.
    cursor = models.UUIDField(null=True)
    # The newest version that we wrote. A table that opens with an older one has lost a commit.
    version = models.PositiveBigIntegerField(default=0)
    commits = models.PositiveIntegerField(default=0)  # since the last compaction
    unsorted = models.PositiveIntegerField(default=0)  # rows written since the table was sorted by owner
    # Deleted or replaced texts that are still in the files: compaction keeps them until there are many.
    tombstones = models.PositiveIntegerField(default=0, db_column="leftovers")
    # Owners with so many rows that the vector index is faster for them; empty without a vector index.
    indexed_owners = ArrayField(models.UUIDField(), default=list)
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    activated_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    compacted_at = models.DateTimeField(null=True)
    # When a read or a write failed; null when nothing has failed since the last repair.
    failed_at = models.DateTimeField(null=True)
    repaired_at = models.DateTimeField(null=True)
    repair_step = models.CharField(max_length=10, choices=RepairStep.choices, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["table"], condition=Q(state="active"), name="one_active_per_table"),
            models.UniqueConstraint(fields=["table"], condition=Q(state="building"), name="one_building_per_table"),
        ]

    def __str__(self) -> str:
        return f"{self.lance_name} ({self.state})"
