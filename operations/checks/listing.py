"""All checks. Health runs its own about once a second; `manage.py doctor` runs all of them, once."""

from operations.checks import clocks, configuration, index, outbox, providers, servers, versions, workers
from operations.checks.data_directory import data_directory
from operations.checks.disk import disk
from operations.checks.findings import Check
from operations.checks.site import port

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
)

DOCTOR = (
    Check("settings", configuration.validity),
    Check("safety", configuration.safety),
    Check("data_dir", data_directory),
    Check("port", port),
    Check("python", versions.python),
    Check("packages", versions.packages),
    *HEALTH,
    Check("postgres_version", versions.postgres_version, needs=("postgres",)),
    Check("valkey_version", versions.valkey_version, needs=("valkey",)),
    Check("migrations", versions.migrations, needs=("postgres",)),
    Check("clocks", clocks.clocks, needs=("postgres", "valkey")),
    Check("accounts", configuration.first_account, needs=DATABASE),
    Check("secrets", providers.stored_secrets, needs=DATABASE, seconds=20.0),
    Check("claude", providers.claude, seconds=10.0),
    Check("index_identity", index.identity, needs=DATABASE),
    Check("index_contents", index.contents, needs=DATABASE, seconds=30.0),
)
