"""The checks of health, which run up to once a second. `operations.doctor.listing` adds those that run only once."""

from operations.checks import index, outbox, providers, servers, workers
from operations.checks.backups import backups
from operations.checks.disk import disk
from operations.checks.findings import Check

DATABASE = ("postgres", "migrations")

HEALTH = (
    Check("postgres", servers.postgres),
    Check("valkey", servers.valkey),
    Check("lancedb", index.lancedb, needs=DATABASE),
    Check("embeddings", providers.embeddings, needs=DATABASE, fresh_for=10.0),
    Check("chat_models", providers.chat_models, seconds=6.0, fresh_for=10.0),
    Check("outbox", outbox.outbox, needs=DATABASE),
    Check("worker", workers.worker, needs=("valkey",)),
    Check("queue", workers.queue, needs=("valkey",)),
    Check("disk", disk),
    Check("backups", backups, needs=DATABASE),
)
