"""How pytest-xdist distributes the tests: one by one, except for files whose tests share a server."""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# A fixture of these files starts servers for many tests. In one xdist worker, the servers start once.
SHARE_A_SERVER = (
    "tests/base/postgresql/test_owner.py",
    "tests/chat/replies/test_reader.py",
    "tests/operations/test_up.py",
    "tests/operations/web/test_protocol.py",
)


class Scheduling(LoadScopeScheduling):
    """Each file of SHARE_A_SERVER goes to one worker.

    xdist's own `--dist loadgroup` does not work: xdist 3.8 sets an attribute that pytest 9.2 does not read.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return path if path in SHARE_A_SERVER else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    config.option.loadscopereorder = False  # keep the order of tests/conftest.py: browser tests last
    return Scheduling(config, log)
