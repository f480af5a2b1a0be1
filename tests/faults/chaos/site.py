"""The program under test, as an operator starts it, with stand-ins for the model servers."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.operations.test_up import ENVIRONMENT, Up
from tests.processes import PROJECT, free_port
from tests.stand_ins.claude import ClaudeStandIn
from tests.stand_ins.ollama import CHAT_MODEL, EMBED_MODEL, OllamaStandIn

DISK = 256  # MB for the index, if it has a disk of its own

# What the command line of the process with each role contains.
ROLES = {
    "web": "operations.web.server",
    "worker": "worker",
    "postgresql": "listen_addresses=",
    "valkey": "--appendonly",
}


@dataclass
class ChaosSite:
    """`own_disk`: the index is on a small file system of its own, which can be filled."""

    directory: Path
    ollama: OllamaStandIn
    claude: ClaudeStandIn
    own_disk: bool
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.up = self._start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def index(self) -> Path:
        return self.directory / "index"

    def variables(self) -> dict[str, str]:
        return {
            "DATA_DIR": str(self.directory / "data"),
            "LANCEDB_URI": str(self.index),
            "EMBEDDINGS": "ollama",
            "OLLAMA_BASE_URL": self.ollama.url,
            "ANTHROPIC_BASE_URL": self.claude.url,
            "CONVERSATIONS_PER_MINUTE": "10000",
            "REPLIES_AT_ONCE": "100",
            "WORKER_THREADS": "256",
        }

    def restart(self) -> None:
        """Start again after `up` has been killed, without waiting until it answers."""
        self.up = self._start()

    def stop(self) -> None:
        if self.up.process.poll() is None:
            self.up.kill_all()
        for process in self.up.processes():
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def process(self, role: str) -> psutil.Process | None:
        """The process that the supervisor has started for this role; None while it is down."""
        started = psutil.Process(self.up.process.pid).children(recursive=True)
        return next((process for process in started if ROLES[role] in command_line(process)), None)

    def output(self) -> str:
        return (self.directory / "up.log").read_text(errors="replace")

    def manage(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT,
            env={**ENVIRONMENT, **self.variables()},
            capture_output=True,
            text=True,
            timeout=120,
        )

    def _start(self) -> Up:
        variables = {**self.variables(), "PORT": str(self.port)}
        return Up(self.directory / "data", self.directory / "up.log", **variables)


def command_line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


@contextmanager
def chaos_site(directory: Path) -> Iterator[ChaosSite]:
    index = directory / "index"
    index.mkdir()
    own_disk = _mount(index)
    models = [CHAT_MODEL, EMBED_MODEL]
    try:
        with OllamaStandIn(models=models, pace=0.05) as ollama, ClaudeStandIn(pace=0.02, fail_after=4) as claude:
            site = ChaosSite(directory, ollama, claude, own_disk)
            try:
                yield site
            finally:
                site.stop()
    finally:
        if own_disk:
            subprocess.run(["umount", "--lazy", str(index)], check=False)


def _mount(directory: Path) -> bool:
    """Mount a small file system here. Only root can, and not in every container."""
    if os.geteuid() != 0:
        return False
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK}m", "tmpfs", str(directory)]
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False
