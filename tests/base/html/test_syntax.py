import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread

import psutil
import pytest

from base.html.code_blocks import LANGUAGES, MAX_HIGHLIGHTED_BLOCK
from base.html.syntax import TOO_SLOW, UNAVAILABLE, Highlighting, SyntaxHighlighter
from tests.growth import MAX_RATIO, MIN_SECONDS
from tests.waiting import wait_until

PROJECT = Path(__file__).resolve().parents[3]
CODE = "x = 1\n"
HTML = '<span class="n">x</span> <span class="o">=</span> <span class="mi">1</span>\n'
# The lexer of makefiles takes ten seconds for this.
SLOW = "x" + "a" * (MAX_HIGHLIGHTED_BLOCK - 1)


@pytest.fixture
def highlighter() -> Iterator[SyntaxHighlighter]:
    started = SyntaxHighlighter(cpu_seconds=0.1)
    yield started
    started.close()


@pytest.fixture(scope="module")
def shared_highlighter() -> Iterator[SyntaxHighlighter]:
    started = SyntaxHighlighter(cpu_seconds=0.1)
    yield started
    started.close()


def highlight_when_ready(highlighter: SyntaxHighlighter, text: str, language: str) -> Highlighting:
    wait_until(lambda: highlighter.highlight(text, language).final)
    return highlighter.highlight(text, language)


def test_code_is_highlighted_and_cached(highlighter: SyntaxHighlighter) -> None:
    assert highlighter.pid is None
    assert highlighter.highlight(CODE, "python") == Highlighting(HTML)
    highlighter.close()
    assert highlighter.highlight(CODE, "python") == Highlighting(HTML)
    assert highlighter.pid is None


def test_code_that_grows_is_not_cached(highlighter: SyntaxHighlighter) -> None:
    assert highlighter.highlight(CODE, "python", growing=True) == Highlighting(HTML)
    highlighter.close()
    highlighter.highlight(CODE, "python", growing=True)
    assert highlighter.pid


def test_code_that_takes_too_long_is_plain_and_does_not_cost_again(highlighter: SyntaxHighlighter) -> None:
    assert highlighter.highlight(SLOW, "make") == TOO_SLOW
    assert highlight_when_ready(highlighter, CODE, "python") == Highlighting(HTML)
    process = highlighter.pid
    assert highlighter.highlight(SLOW, "make") == TOO_SLOW
    assert highlighter.pid == process


def test_the_process_is_waited_for_at_its_first_start_only(highlighter: SyntaxHighlighter) -> None:
    assert highlighter.highlight(CODE, "python").html
    assert highlighter.highlight(SLOW, "make") == TOO_SLOW
    assert highlighter.highlight("y", "python") in (UNAVAILABLE, Highlighting('<span class="n">y</span>\n'))


def test_a_process_that_does_not_answer_is_replaced() -> None:
    highlighter = SyntaxHighlighter(wall_seconds=2.0)
    highlighter.highlight(CODE, "python")
    stopped = psutil.Process(highlighter.pid)
    stopped.suspend()
    assert highlighter.highlight("y = 2\n" * 5_000, "python") == TOO_SLOW
    assert not stopped.is_running()
    assert highlight_when_ready(highlighter, "z", "python").html
    highlighter.close()


def test_a_killed_process_is_replaced_and_leaves_no_zombie(highlighter: SyntaxHighlighter) -> None:
    highlighter.highlight(CODE, "python")
    killed = psutil.Process(highlighter.pid)
    killed.kill()
    assert highlighter.highlight("z", "python") == UNAVAILABLE
    assert not psutil.pid_exists(killed.pid)
    assert highlight_when_ready(highlighter, "z", "python").html


def test_a_busy_process_does_not_hold_up_other_threads() -> None:
    highlighter = SyntaxHighlighter(wall_seconds=60)
    highlighter.highlight(CODE, "python")
    process = psutil.Process(highlighter.pid)
    process.suspend()
    first = Thread(target=highlighter.highlight, args=("y", "python"))
    first.start()
    wait_until(highlighter._lock.locked)
    assert highlighter.highlight("z", "python") == UNAVAILABLE
    assert first.is_alive()
    assert highlighter.highlight(CODE, "python").html  # from the cache
    process.resume()
    first.join()
    assert highlight_when_ready(highlighter, "y", "python").html
    highlighter.close()


def test_threads_share_one_process(highlighter: SyntaxHighlighter) -> None:
    def ask(number: int) -> str | None:
        text = f"n{number}"
        wait_until(lambda: highlighter.highlight(text, "python").final)
        return highlighter.highlight(text, "python").html

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(100))) == [f'<span class="n">n{number}</span>\n' for number in range(100)]


def test_a_program_that_does_not_start_leaves_code_plain(
    highlighter: SyntaxHighlighter, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for program in ("/nowhere/python", "/bin/false"):
        monkeypatch.setattr(sys, "executable", program)
        highlighter._retry_at = 0
        assert highlighter.highlight(CODE, "python") == UNAVAILABLE
        assert highlighter.highlight(CODE, "python") == UNAVAILABLE
        assert highlighter.pid is None
    assert len(caplog.records) == 2


def test_the_process_has_no_secrets(highlighter: SyntaxHighlighter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "planted")
    highlighter.highlight(CODE, "python")
    assert "SECRET_KEY" not in psutil.Process(highlighter.pid).environ()


PARENT = """
import os, sys
from base.html.syntax import SyntaxHighlighter
highlighter = SyntaxHighlighter()
assert highlighter.highlight("x", "python").html
print(highlighter.pid, flush=True)
"""


def test_the_process_ends_when_its_parent_is_killed() -> None:
    command = [sys.executable, "-c", PARENT + "sys.stdin.read()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PROJECT) as parent:
        assert parent.stdout
        process = int(parent.stdout.readline())
        parent.kill()
    wait_until(lambda: not psutil.pid_exists(process) or psutil.Process(process).status() == psutil.STATUS_ZOMBIE)


def test_a_forked_process_starts_its_own() -> None:
    forks = """
if os.fork() == 0:
    assert highlighter.pid is None
    assert highlighter.highlight("y", "python").html
    highlighter.close()
    os._exit(0)
assert os.wait()[1] == 0
assert highlighter.highlight("z", "python").html
"""
    subprocess.run([sys.executable, "-c", PARENT + forks], cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)


def test_the_process_imports_nothing_of_this_project() -> None:
    listed = "import runpy, sys; runpy.run_path(sys.argv[1]); print(*sys.modules)"
    command = [sys.executable, "-P", "-c", listed, str(PROJECT / "base/html/syntax_process.py")]
    modules = subprocess.run(command, cwd="/", check=True, capture_output=True, text=True, env=dict(os.environ)).stdout
    assert {name.split(".")[0] for name in modules.split()} & {"django", "base", "memoryloop", "lancedb"} == set()


@pytest.mark.slow
@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_no_lexer_costs_the_calling_process_anything(shared_highlighter: SyntaxHighlighter, language: str) -> None:
    """With one that is slow, the code is plain. What is left is to send the text and to receive the HTML."""
    for piece in ("\n", " ", "a", "a\n", "(", "<", "=", ":"):
        half, whole = (("x" + piece * length)[: length - 1] + "x" for length in (MAX_HIGHLIGHTED_BLOCK // 2, 20_000))
        before, after = (_cost(shared_highlighter, text, language) for text in (half, whole))
        assert after < max(5 * MIN_SECONDS, MAX_RATIO * before)


def _cost(highlighter: SyntaxHighlighter, text: str, language: str) -> float:
    """Seconds of CPU time of this thread for an answer that is final."""
    while True:
        start = time.thread_time()
        highlighting = highlighter.highlight(text, language)
        seconds = time.thread_time() - start
        if highlighting.final:
            return seconds
        wait_until(lambda: highlighter.highlight(CODE, "python", growing=True).final)
