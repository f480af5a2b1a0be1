"""Programs that die, that refuse to leave, and that are hopeless."""

import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from operations.up.programs import Program
from operations.up.supervisor import Ended, GaveUp, Supervisor
from tests.waiting import wait_until


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    said: list[str] = []
    running = Supervisor(said.append)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield running
    running.stop()
    for number, handler in before.items():
        signal.signal(number, handler)


def program(tmp_path: Path, code: str, name: str = "web") -> Program:
    return Program(name, [sys.executable, "-c", code], tmp_path)


def looked(supervisor: Supervisor) -> bool:
    supervisor.look()
    return True


def looks_until_it_gives_up(supervisor: Supervisor) -> str | None:
    try:
        supervisor.look()
    except GaveUp as reason:
        return str(reason)
    return None


def test_a_program_that_dies_is_started_again(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(program(tmp_path, "import time; time.sleep(60)"))
    first = supervisor.kept[0].process
    first.kill()
    first.wait()
    wait_until(lambda: looked(supervisor) and supervisor.kept[0].process is not first)
    assert supervisor.kept[0].process.poll() is None


def test_a_hopeless_program_is_given_up_with_its_name_and_its_ending(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("operations.up.supervisor.FIRST_PAUSE", 0.001)
    supervisor.start(program(tmp_path, "raise SystemExit(3)", "worker"))
    sentence = wait_until(lambda: looks_until_it_gives_up(supervisor))
    assert sentence == ("worker ended 5 times right after its start (exit status 3); its last words stand above.")


def test_each_quick_death_makes_the_pause_longer(supervisor: Supervisor, tmp_path: Path) -> None:
    said: list[str] = []
    supervisor.say = said.append
    supervisor.start(program(tmp_path, "raise SystemExit(1)"))
    wait_until(lambda: looked(supervisor) and len(said) == 3, 20)
    assert [sentence.split()[-2] for sentence in said] == ["0.25", "0.5", "1"]


def test_a_program_that_will_not_leave_is_killed(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("operations.up.supervisor.GRACE", 0.2)
    ready = tmp_path / "ready"
    deaf = "import pathlib, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    supervisor.start(program(tmp_path, f"{deaf} pathlib.Path({str(ready)!r}).touch(); time.sleep(60)"))
    wait_until(ready.exists)
    began = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - began < 5
    assert supervisor.kept[0].process.returncode == -signal.SIGKILL


def test_jobs_leave_before_the_servers_that_they_use(supervisor: Supervisor, tmp_path: Path) -> None:
    order = tmp_path / "order"
    code = (
        "import pathlib, signal, sys, time\n"
        "def leave(*_):\n    pathlib.Path(sys.argv[2]).open('a').write(sys.argv[1]); sys.exit()\n"
        "signal.signal(signal.SIGTERM, leave); pathlib.Path(sys.argv[2] + sys.argv[1]).touch(); time.sleep(60)"
    )
    for name, is_server in (("server ", True), ("job ", False)):
        command = [sys.executable, "-c", code, name, str(order)]
        supervisor.start(Program(name, command, tmp_path, is_server=is_server))
    wait_until(lambda: (tmp_path / "orderserver ").exists() and (tmp_path / "orderjob ").exists())
    supervisor.stop()
    assert order.read_text() == "job server "


def test_an_end_that_python_swallowed_is_noticed_at_the_next_look(supervisor: Supervisor) -> None:
    with pytest.raises(Ended):
        supervisor.end(signal.SIGTERM, None)
    with pytest.raises(Ended):
        supervisor.look()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a child that its parent died")
def test_a_child_leaves_when_its_parent_is_killed(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    code = (
        "import pathlib, sys, time; sys.path.insert(0, sys.argv[1]);"
        "from operations.up.programs import Program;"
        "child = Program('x', [sys.executable, '-c', 'import time; time.sleep(60)'], pathlib.Path('.')).start();"
        "pathlib.Path(sys.argv[2]).write_text(str(child.pid)); time.sleep(60)"
    )
    project = str(Path(__file__).resolve().parents[3])
    parent = Program("parent", [sys.executable, "-c", code, project, str(pid_file)], tmp_path).start()
    child = wait_until(lambda: pid_file.read_text() if pid_file.exists() else None)
    parent.kill()
    parent.wait()
    stat = Path(f"/proc/{child}/stat")
    assert wait_until(lambda: not stat.exists() or " Z " in stat.read_text())
