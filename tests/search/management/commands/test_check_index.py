from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from accounts.models import User
from chat.models import Message
from search.index.tables import lance_table, readable_table
from search.models import OutboxEntry
from search.registry import Entity
from search.services import drain
from search.sync.repair import repair_tables
from tests.factories import MessageFactory
from tests.search.reading import table_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def three_differences(three_messages: list[Message], messages: Entity) -> None:
    """The index lacks a message, has old words of another one, and has one that should not be there."""
    missing, stale, extra = three_messages
    table = table_of(messages)
    table.remove([stored["id"] for stored in table.stored([missing.pk])])
    Message.objects.filter(pk=stale.pk).update(content="Other words.")
    Message.objects.filter(pk=extra.pk).update(superseded=True)


def check_index(*options: str) -> tuple[int, str]:
    """The exit code and the output of `manage.py check_index`."""
    output = StringIO()
    try:
        call_command("check_index", *options, stdout=output)
    except SystemExit as error:
        return int(str(error.code)), output.getvalue()
    return 0, output.getvalue()


def test_a_complete_index_passes_the_check(three_messages: list[Message]) -> None:
    code, output = check_index()
    assert code == 0
    assert "messages: 0 missing, 0 extra, 0 stale, 0 missing vectors" in output


def test_differences_are_counted(three_differences: None) -> None:
    code, output = check_index("--table", "messages")
    assert code == 1
    assert "messages: 1 missing, 1 extra, 1 stale" in output


def test_repair_has_what_differs_indexed_again(three_differences: None) -> None:
    assert "again" not in check_index()[1]
    drain()
    code, output = check_index("--repair")
    assert (code, "messages: the worker indexes 3 of them again" in output) == (1, True)
    drain()
    assert check_index() == (0, check_index("--repair")[1])


def test_a_damaged_file_that_no_search_has_read_is_found_and_repaired(
    three_messages: list[Message], messages: Entity, own_index: Path
) -> None:
    row = readable_table(messages)
    assert row
    lance_table(messages, row).create_indices()
    bitmaps = list((own_index / f"{row.lance_name}.lance").glob("_indices/*/*bitmap_page_lookup.lance"))
    assert bitmaps
    for path in bitmaps:
        path.unlink()
    assert check_index("--table", "messages")[0] == 1
    repair_tables()  # nothing is recorded without --repair
    assert check_index("--table", "messages")[0] == 1
    assert "the worker repairs it now" in check_index("--table", "messages", "--repair")[1]
    repair_tables()
    assert check_index("--table", "messages")[0] == 0


def test_a_row_that_is_there_twice_is_a_difference(three_messages: list[Message], messages: Entity) -> None:
    handle = table_of(messages).open()
    handle.add(handle.to_arrow().slice(0, 1), on_bad_vectors="null")
    code, output = check_index("--table", "messages")
    assert (code, "0 missing, 0 extra, 1 stale" in output) == (1, True)


def test_a_missing_index_fails_the_check(alice: User) -> None:
    MessageFactory(conversation__owner=alice)
    assert check_index("--table", "messages")[0] == 1


def test_dead_letters_do_not_fail_the_check(three_messages: list[Message]) -> None:
    OutboxEntry.objects.update(status="dead")
    assert "3 dead" in check_index()[1]
