"""The drill: back up a server under load, lose it, restore the file elsewhere, and compare."""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import User
from base.postgresql.acting import keep_acting
from chat.services import open_conversation
from flashcards.services import create_card
from operations.backup.create import back_up
from operations.backup.database.snapshot import count_rows
from tests.factories import MessageFactory
from tests.operations.backup.commands import database_of, embedded, empty_database, manage
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

PASSPHRASE = "correct horse battery"

FIND = """
from accounts.models import User
from search.queries import Mode, find
from base.postgresql.acting import acting_for_all_users
with acting_for_all_users("test"):
    alice = User.objects.get(email="alice@example.org")
for table, query in (("messages", "mitochondria"), ("flashcards", "glycolysis")):
    print(table, len(find(owner_id=alice.pk, table=table, query=query, mode=Mode.KEYWORD, limit=50).hits))
"""


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """A data directory that does not exist yet. Its name is short enough for a unix socket, and has a space."""
    with tempfile.TemporaryDirectory(prefix="memory loop-") as parent:
        yield Path(parent).resolve() / "data"


class Writer:
    """Creates cards without a pause. `acknowledged` has those whose transaction had been committed."""

    def __init__(self, owner: User) -> None:
        self.owner = owner
        self.acknowledged: list[UUID] = []
        self.stopping = threading.Event()

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                number = len(self.acknowledged)
                [card] = create_card(owner=self.owner, question=f"Written question {number}?", answer=str(number))
                self.acknowledged.append(card.pk)
        finally:
            connection.close()


@contextmanager
def writing(owner: User) -> Iterator[Writer]:
    writer = Writer(owner)
    thread = threading.Thread(target=keep_acting(writer.run))
    thread.start()
    try:
        wait_until(lambda: len(writer.acknowledged) >= 5)
        yield writer
    finally:
        writer.stopping.set()
        thread.join()


def test_a_backup_under_load_restores_every_acknowledged_row_once(alice: User, tmp_path: Path, elsewhere: Path) -> None:
    file = tmp_path / "backup.zip"
    for number in range(5):
        open_conversation(owner=alice, content=f"What do mitochondria make? {number}")
    for number in range(30):
        create_card(owner=alice, question=f"What is glycolysis, step {number}?", answer="A pathway.")
    with writing(alice) as writer:
        before = list(writer.acknowledged)
        manifest = back_up(file, passphrase=PASSPHRASE)
        assert len(writer.acknowledged) > len(before)

    restored = manage("restore", file, "--data-dir", elsewhere, "--reindex", **embedded(), BACKUP_PASSPHRASE=PASSPHRASE)
    assert restored.returncode == 0, restored.stderr
    assert f"Restored {sum(manifest.counts.values()):,} rows" in restored.stdout
    assert "flashcards: 0 missing, 0 extra, 0 stale" in restored.stdout
    assert (elsewhere / "secrets" / "secret_key").read_text() == settings.SECRET_KEY
    with database_of(elsewhere) as database:
        cards = [pk for (pk,) in database.execute("SELECT id FROM flashcards_card").fetchall()]
        assert set(before) <= set(cards)
        assert len(cards) == len(set(cards)) == manifest.counts["flashcards_card"]
        assert set(cards) <= {*writer.acknowledged, *alice.cards.values_list("pk", flat=True)}
        found = manage("shell", "--no-imports", "-c", FIND, DATA_DIR=str(elsewhere), **embedded())
        assert found.stdout == "messages 5\nflashcards 30\n"

    again = manage("restore", file, "--without-secrets", DATA_DIR=str(elsewhere), **embedded())
    assert again.returncode == 1
    assert f"The database in {elsewhere} already has {len(manifest.counts)} tables" in again.stderr
    assert "Choose an empty directory with --data-dir." in again.stderr


def test_an_empty_database_of_ones_own_server_is_restored(alice: User, tmp_path: Path) -> None:
    MessageFactory.create_batch(3, conversation__owner=alice)
    file, data_dir = tmp_path / "backup.zip", str(tmp_path / "data")
    manifest = back_up(file)
    with empty_database("restored") as (variables, database):
        restored = manage("restore", file, DATA_DIR=data_dir, **variables)
        assert restored.returncode == 0, restored.stderr
        assert "The worker builds the search index when it starts" in restored.stdout
        assert count_rows(database.cursor()) == manifest.counts
        # Tables that were written for another state of the database are not used again.
        states = database.execute("SELECT DISTINCT state FROM search_indextable").fetchall()
        assert [state for (state,) in states if state != "retired"] == []
