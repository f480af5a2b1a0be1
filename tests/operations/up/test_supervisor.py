"""Programs that exit, that crash repeatedly, and that ignore a request to stop."""

import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from operations.up.programs import Program
from operations.up.supervisor import CrashLoop, StopRequested, Supervisor
from tests.waiting import wait_until


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    messages: list[str] = []
    running = Supervisor(messages.append)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield running
    running.stop()
    for number, handler in before.items():
        signal.signal(number, handler)


def program(tmp_path: Path, code: str, name: str = "web") -> Program:
    return Program(name, [sys.executable, "-c", code], tmp_path)


def checked(supervisor: Supervisor) -> bool:
    supervisor.check()
    return True


def crash_loop_message(supervisor: Supervisor) -> str | None:
    try:
        supervisor.check()
    except CrashLoop as error:
        return str(error)
    return None


def test_a_program_that_dies_is_restarted(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(program(tmp_path, "import time; time.sleep(60)"))
    first = supervisor.processes[0].process
    first.kill()
    first.wait()
    wait_until(lambda: checked(supervisor) and supervisor.processes[0].process is not first)
    assert supervisor.processes[0].process.poll() is None


def test_a_crash_loop_names_the_program_and_its_exit_status(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("operations.up.supervisor.FIRST_DELAY", 0.001)
    supervisor.start(program(tmp_path, "raise SystemExit(3)", "worker"))
    message = wait_until(lambda: crash_loop_message(supervisor))
    assert message == "worker exited 5 times right after its start (exit status 3). See its output above."


def test_each_early_exit_doubles_the_delay(supervisor: Supervisor, tmp_path: Path) -> None:
    messages: list[str] = []
    supervisor.notify = messages.append
    supervisor.start(program(tmp_path, "raise SystemExit(1)"))
    wait_until(lambda: checked(supervisor) and len(messages) == 3, 20)
    assert [message.split()[-2] for message in messages] == ["0.25", "0.5", "1"]


def test_an_exit_after_a_long_run_is_not_early(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("operations.up.supervisor.EARLY_EXIT", 0.0)
    messages: list[str] = []
    supervisor.notify = messages.append
    supervisor.start(program(tmp_path, "raise SystemExit(1)"))
    wait_until(lambda: checked(supervisor) and len(messages) == 3, 20)
    assert [message.split()[-2] for message in messages] == ["0.25", "0.25", "0.25"]


def test_a_program_that_ignores_sigterm_is_killed(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("operations.up.supervisor.PROGRAM_GRACE", 0.2)
    ready = tmp_path / "ready"
    ignore = "import pathlib, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    supervisor.start(program(tmp_path, f"{ignore} pathlib.Path({str(ready)!r}).touch(); time.sleep(60)"))
    wait_until(ready.exists)
    began = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - began < 5
    assert supervisor.processes[0].process.returncode == -signal.SIGKILL


def test_programs_stop_before_the_servers_that_they_use(supervisor: Supervisor, tmp_path: Path) -> None:
    order = tmp_path / "order"
    code = (
        "import pathlib, signal, sys, time\n"
        "def stop(*_):\n    pathlib.Path(sys.argv[2]).open('a').write(sys.argv[1]); sys.exit()\n"
        "signal.signal(signal.SIGTERM, stop); pathlib.Path(sys.argv[2] + sys.argv[1]).touch(); time.sleep(60)"
    )
    for name, is_server in (("server ", True), ("program ", False)):
        command = [sys.executable, "-c", code, name, str(order)]
        supervisor.start(Program(name, command, tmp_path, is_server=is_server))
    wait_until(lambda: (tmp_path / "orderserver ").exists() and (tmp_path / "orderprogram ").exists())
    supervisor.stop()
    assert order.read_text() == "program server "


def test_a_stop_request_that_python_swallowed_is_raised_by_the_next_check(supervisor: Supervisor) -> None:
    with pytest.raises(StopRequested):
        supervisor.request_stop(signal.SIGTERM, None)
    with pytest.raises(StopRequested):
        supervisor.check()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux signals the death of a parent")
def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
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


def test_an_optional_program_may_exit_as_often_as_it_wants(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("operations.up.supervisor.FIRST_DELAY", 0.001)
    monkeypatch.setattr("operations.up.supervisor.MAX_DELAY", 0.002)
    messages: list[str] = []
    supervisor.notify = messages.append
    optional = Program("archive", [sys.executable, "-c", "raise SystemExit(1)"], tmp_path, is_optional=True)
    supervisor.start(optional)
    wait_until(lambda: checked(supervisor) and len(messages) == 7, 20)
    assert messages[-1].endswith("Restarting it in 0.002 s.")
