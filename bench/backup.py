"""Backup of 100,000 messages while another thread writes, and restore until the first page and until search is whole.

The baselines are pg_dump alone, and the same writes without a backup beside them. MESSAGES=10000 takes fewer.
"""

import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psycopg
from django.db import connection

from accounts.models import User
from base.configuration.data_directory import socket_dir
from base.postgresql.acting import keep_acting
from bench.tools.processes import PROJECT, running_site
from bench.tools.tables import percentile
from chat.models import Conversation, Message
from operations.backup.database.ownership import connected_as_owner
from operations.backup.database.tools import find_tool, libpq_environment

MESSAGES = int(os.environ.get("MESSAGES", "100000"))
WORDS, VOCABULARY = 40, 20_000
CONVERSATIONS = 400
BATCH = 5_000
UNDISTURBED = 10.0  # seconds of writing before the backup
BACKUP_TARGET, PAGE_TARGET, INDEX_TARGET = 30.0, 60.0, 240.0  # seconds
WHOLE = """
SELECT (SELECT count(*) FROM search_indextable WHERE state = 'active') = 3
   AND NOT EXISTS (SELECT FROM search_outboxentry WHERE status <> 'done')
"""


def run() -> None:
    """Print the seconds of each step, beside its target and its baseline."""
    conversation = insert_messages()
    with tempfile.TemporaryDirectory(prefix="memoryloop-backup-") as name, Writer(conversation) as writer:
        directory = Path(name).resolve()
        time.sleep(UNDISTURBED)
        before = writer.take_times()
        began = time.perf_counter()
        command("backup", "--to", str(directory / "backup.zip"))
        backup = time.perf_counter() - began
        during = writer.take_times()
        alone = seconds_of_pg_dump(directory / "alone.dump")
        writer.stop()
        restore, page, index = seconds_of_restore(directory)
        size = (directory / "backup.zip").stat().st_size / 1e6
    slower = percentile(during, 0.95) / percentile(before, 0.95)
    print(f"backup of {MESSAGES:,} messages under load, {size:.1f} MB; pg_dump alone {alone:.1f} s")
    print(f"  backup, verified {backup:8.1f} s {backup / alone:6.2f} x pg_dump alone  (target {BACKUP_TARGET:g} s)")
    print(f"  writes beside it {percentile(during, 0.95):8.1f} ms{slower:6.2f} x without a backup, p95")
    print(f"  restore          {restore:8.1f} s {restore / alone:6.2f} x pg_dump alone")
    print(f"  and first page   {restore + page:8.1f} s                         (target {PAGE_TARGET:g} s)")
    print(f"  and index whole  {restore + index:8.1f} s                         (target {INDEX_TARGET:g} s)")


def insert_messages() -> Conversation:
    """Messages of random words in many conversations. Returns another conversation, to write to."""
    random.seed(7)
    owner = User.objects.create_user("bench@example.org")
    conversations = [Conversation(owner=owner, provider="builtin", title=f"{n}") for n in range(CONVERSATIONS)]
    Conversation.objects.bulk_create(conversations)
    for start in range(0, MESSAGES, BATCH):
        Message.objects.bulk_create(
            Message(conversation=conversations[number % CONVERSATIONS], owner=owner, role="user", content=text())
            for number in range(start, min(start + BATCH, MESSAGES))
        )
    return Conversation.objects.create(owner=owner, provider="builtin", title="Written during the backup")


def text() -> str:
    return " ".join(f"w{int(random.paretovariate(0.7)) % VOCABULARY}" for _ in range(WORDS))


class Writer:
    """A thread that inserts messages one by one, and measures how long each takes."""

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self.times: list[float] = []
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=keep_acting(self._run))

    def __enter__(self) -> "Writer":
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def stop(self) -> None:
        self.stopping.set()
        self.thread.join()

    def take_times(self) -> list[float]:
        """The milliseconds of the writes since the last call."""
        times, self.times = self.times, []
        return times

    def _run(self) -> None:
        owner = self.conversation.owner
        while not self.stopping.wait(0.01):
            began = time.perf_counter()
            Message.objects.create(conversation=self.conversation, owner=owner, role="user", content=text())
            self.times.append((time.perf_counter() - began) * 1000)
        connection.close()


def command(*arguments: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )


def seconds_of_pg_dump(file: Path) -> float:
    """The baseline: a dump with pg_dump's defaults."""
    with connected_as_owner() as owner:
        environment = libpq_environment(owner.get_connection_params())
    tool = find_tool("pg_dump", server=18, at_least=18)
    began = time.perf_counter()
    subprocess.run([tool.path, "-Fc", "-f", file], env={**os.environ, **environment}, check=True)
    return time.perf_counter() - began


def seconds_of_restore(directory: Path) -> tuple[float, float, float]:
    """The seconds of the command, and from the start of `up` until its first page, and until the index is whole."""
    data_dir = directory / "restored"
    began = time.perf_counter()
    command("restore", str(directory / "backup.zip"), "--data-dir", str(data_dir))
    restore = time.perf_counter() - began
    began = time.perf_counter()
    with running_site(data_dir):
        page = time.perf_counter() - began
        sockets = str(socket_dir(data_dir, "postgres"))
        with psycopg.connect(host=sockets, user="postgres", dbname="memoryloop", autocommit=True) as database:
            while database.execute(WHOLE).fetchone() != (True,):
                time.sleep(0.5)
        index = time.perf_counter() - began
    return restore, page, index
