"""How the embedded servers are configured."""

import platform
import sys

import pytest
from django.db import connection


def setting(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
@pytest.mark.skipif(
    not sys.platform.startswith("linux") or platform.release().startswith(("4.", "5.4")), reason="needs Linux 5.8"
)
def test_postgresql_flushes_its_files_with_one_call_after_a_crash() -> None:
    assert setting("recovery_init_sync_method") == "syncfs"


@pytest.mark.django_db
def test_only_its_account_may_use_the_socket_of_postgresql() -> None:
    assert setting("unix_socket_permissions") == "0700"


@pytest.mark.django_db
def test_postgresql_plans_for_an_ssd_and_starts_no_process_for_one_page() -> None:
    assert (setting("random_page_cost"), setting("max_parallel_workers_per_gather")) == ("1.1", "0")
