"""PostgreSQL's own programs, pg_dump and pg_restore: which one to run, and how it connects."""

import os
import re
import shutil
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from psycopg.pq import Conninfo

from operations.backup.errors import BackupError
from operations.up.servers import POSTGRES

KEPT_LINES = 20  # of what a tool writes to stderr, to find its error message

OnLine = Callable[[str], object]


@dataclass(frozen=True)
class Tool:
    """A program of PostgreSQL and its major version."""

    path: Path
    version: int


def find_tool(name: str, *, server: int, at_least: int) -> Tool:
    """The program of the server's major version, or else the oldest that is not older than `at_least`.

    A newer pg_restore sets parameters that an older server does not know. Raises BackupError if all are too old.
    """
    candidates = [tool for tool in _installed(name) if tool.version >= at_least]
    if not candidates:
        found = ", ".join(str(tool.version) for tool in _installed(name)) or "none"
        raise BackupError(
            f"{name} {at_least} or newer is needed for PostgreSQL {server}, and this machine has: {found}. "
            f"Install PostgreSQL's client programs of version {at_least}, and put them on PATH."
        )
    return min(candidates, key=lambda tool: (tool.version != server, tool.version))


def _installed(name: str) -> list[Tool]:
    """The programs in the wheel and on PATH."""
    paths = [POSTGRES / "bin" / name, *map(Path, filter(None, [shutil.which(name)]))]
    tools = []
    for path in paths:
        with suppress(OSError):
            printed = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
            if version := re.search(r"(\d+)", printed):
                tools.append(Tool(path, int(version[1])))
    return tools


def libpq_environment(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Environment variables for connection parameters, because other accounts can read the arguments of a process."""
    names = {option.keyword.decode(): option.envvar for option in Conninfo.get_defaults()}
    return {
        variable.decode(): str(value)
        for keyword, value in parameters.items()
        if value not in (None, "") and (variable := names.get(keyword))
    }


@contextmanager
def running(
    tool: Tool, *options: str, parameters: Mapping[str, Any] | None = None, on_line: OnLine = lambda line: None
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a tool with pipes to it and from it. Raises BackupError with its message if it fails.

    `on_line` gets each line that it writes to stderr.
    """
    process = subprocess.Popen(
        [str(tool.path), *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **libpq_environment(parameters or {}), "LC_ALL": "C"},
    )
    lines: deque[str] = deque(maxlen=KEPT_LINES)
    reader = threading.Thread(target=_read_lines, args=(process.stderr, lines, on_line), daemon=True)
    reader.start()
    try:
        yield process
    except BaseException:
        process.kill()
        raise
    finally:
        for pipe in (process.stdin, process.stdout):
            with suppress(BrokenPipeError):
                if pipe:
                    pipe.close()
        process.wait()
        reader.join()
        if process.stderr:
            process.stderr.close()
    if process.returncode:
        raise BackupError(f"{tool.path.name} failed: {_error_in(lines)}")


def _read_lines(pipe: IO[bytes] | None, lines: "deque[str]", on_line: OnLine) -> None:
    for raw in pipe or ():
        line = raw.decode(errors="replace").strip()
        lines.append(line)
        on_line(line)


def _error_in(lines: "deque[str]") -> str:
    errors = [line for line in lines if "error:" in line]
    return (errors or list(lines) or ["it gave no reason"])[0 if errors else -1]


def pour(chunks: Iterable[bytes], pipe: IO[bytes] | None) -> None:
    """Write all chunks to a tool, and close the pipe.

    When the tool has ended, the rest is still read: at its end a damaged backup is noticed, and that is the reason.
    """
    for chunk in chunks:
        with suppress(BrokenPipeError, ValueError):
            if pipe:
                pipe.write(chunk)
    with suppress(BrokenPipeError):
        if pipe:
            pipe.close()
