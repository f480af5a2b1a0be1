import subprocess
import sys

import pytest

from accounts.models import User
from providers.services import store_key
from tests.processes import environment_of_test
from tests.stand_ins.claude import GOOD_KEY

# Runs in another process, because this one has already imported everything.
SCRIPT = """
import django, sys, threading
django.setup()
from providers.tasks import THREAD_NAME, import_sdks_in_background
import_sdks_in_background()
for thread in threading.enumerate():
    if thread.name == THREAD_NAME:
        thread.join(60)
print("anthropic" in sys.modules)
"""


def sdk_is_imported() -> bool:
    process = subprocess.run([sys.executable, "-c", SCRIPT], env=environment_of_test(), capture_output=True, check=True)
    return process.stdout.decode().strip() == "True"


@pytest.mark.django_db(transaction=True)
def test_a_worker_imports_the_sdk_if_a_user_has_a_key(alice: User) -> None:
    store_key(owner=alice, provider="claude", key=GOOD_KEY)
    assert sdk_is_imported()


@pytest.mark.django_db(transaction=True)
def test_a_worker_without_keys_does_not_import_the_sdk() -> None:
    assert not sdk_is_imported()
