"""Versions that are too old, packages of another release, and pending migrations."""

from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from operations.doctor import versions


def test_packages_of_another_release_are_found(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("celery==1.0 \\\n    --hash=sha256:0\nwinonly==1.0 ; sys_platform == 'win32' \\\n")
    [finding] = versions.packages(lock)
    assert (finding.level, finding.figures["differing"]) == ("warning", ["celery"])
    lock.unlink()
    assert versions.packages(lock)[0].level == "ok"


@pytest.mark.django_db
def test_the_servers_of_the_tests_are_new_enough() -> None:
    assert [finding.level for finding in (*versions.postgres_version(), *versions.valkey_version())] == ["ok", "ok"]


@pytest.mark.django_db
def test_a_pending_migration_is_named() -> None:
    assert [finding.level for finding in versions.migrations()] == ["ok"]
    recorder = MigrationRecorder(connection)
    last = recorder.migration_qs.filter(app="quiz").order_by("name").last()
    assert last
    recorder.record_unapplied("quiz", last.name)
    [finding] = versions.migrations()
    assert (finding.level, f"quiz.{last.name}" in finding.message) == ("failure", True)
