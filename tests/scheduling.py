"""How pytest-xdist distributes the tests: one by one, except in files whose tests share a server."""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# In these files a fixture starts servers for many tests. With all of them in one worker they start once.
SHARE_A_SERVER = ("tests/chat/replies/test_reader.py", "tests/operations/test_up.py")


class Scheduling(LoadScopeScheduling):
    """Each file of SHARE_A_SERVER goes to one worker.

    `--dist loadgroup` would be xdist's own way, but xdist 3.8 sets an attribute that pytest 9.2 does not read.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return path if path in SHARE_A_SERVER else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    config.option.loadscopereorder = False  # keep the order of tests/conftest.py: browser tests last
    return Scheduling(config, log)
