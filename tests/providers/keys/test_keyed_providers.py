import subprocess
import sys

import pytest

from providers.errors import KeyNotNeeded
from providers.keys.keyed_providers import keyed_provider
from tests.processes import environment_of_test


def test_a_key_is_connected_to_its_provider() -> None:
    assert keyed_provider(key="x", provider="claude").name == "claude"
    with pytest.raises(KeyNotNeeded):
        keyed_provider(key="x", provider="ollama")


@pytest.mark.django_db
def test_no_process_imports_the_sdk_when_it_starts() -> None:
    script = "import django; django.setup(); import memoryloop.urls, sys; sys.exit('anthropic' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], env=environment_of_test(), check=True)
