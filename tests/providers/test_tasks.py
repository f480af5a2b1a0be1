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
from providers.tasks import load_in_the_background
load_in_the_background()
for thread in threading.enumerate():
    if thread.daemon and thread is not threading.current_thread():
        thread.join(30)
print("anthropic" in sys.modules)
"""


def loaded() -> bool:
    process = subprocess.run([sys.executable, "-c", SCRIPT], env=environment_of_test(), capture_output=True, check=True)
    return process.stdout.decode().strip() == "True"


@pytest.mark.django_db(transaction=True)
def test_a_worker_loads_the_sdk_if_a_user_has_a_key(alice: User) -> None:
    store_key(owner=alice, provider="claude", key=GOOD_KEY)
    assert loaded()


@pytest.mark.django_db(transaction=True)
def test_a_server_without_keys_does_not_load_it() -> None:
    assert not loaded()
