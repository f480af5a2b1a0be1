"""All checks, in the order of the doctor's report."""

from operations.checks import index, providers
from operations.checks.findings import Check
from operations.checks.listing import DATABASE, HEALTH
from operations.doctor import clocks, configuration, versions
from operations.doctor.data_directory import data_directory
from operations.doctor.site import port

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
    Check("index_contents", index.contents, needs=DATABASE, seconds=20.0),
)
