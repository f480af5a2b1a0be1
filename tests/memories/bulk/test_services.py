import json
from collections.abc import Iterable
from typing import Any

import pytest
from django.db import OperationalError
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from base.models import database_time
from memories.bulk import services
from memories.bulk.errors import TooManyLines
from memories.bulk.reading import MAX_LINES, read_lines
from memories.bulk.report import Report
from memories.bulk.services import preview_lines, write_lines
from memories.models import Memory
from memories.services import change_project, delete_memory
from search.queries import Mode, find
from search.services import drain
from tests.factories import MemoryFactory, ProjectFactory
from tests.threads import run_together

pytestmark = pytest.mark.django_db


def ndjson(lines: Iterable[object]) -> list[bytes]:
    return [line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines]


def write(owner: User, *lines: object, **options: Any) -> Report:
    return write_lines(owner=owner, lines=read_lines(ndjson(lines)), **options)


def preview(owner: User, *lines: object, **options: Any) -> Report:
    return preview_lines(owner=owner, lines=read_lines(ndjson(lines)), **options)


def line(number: object, project: str = "Lab", **values: object) -> dict[str, object]:
    return {"project": project, "data": {"number": number}, **values}


def written(owner: User) -> dict[str, list[Any]]:
    """The numbers of the records of each project, which must have as many as it counts."""
    found: dict[str, list[Any]] = {}
    for project in owner.projects.all():
        found[project.name] = [memory.data["number"] for memory in project.memories.filter(deleted_at=None)]
        assert project.size == len(found[project.name])
        found[project.name].sort()
    return found


def test_lines_are_written_to_their_projects_as_they_are(alice: User) -> None:
    report = write(
        alice,
        {"data": {"z": 1.0, "a": 2, "task": "wire", "date": "2026-11-22"}, "tags": ["x", "x"], "source": "cli"},
        line(1, "Other"),
        line(2, " Other "),
        project="Lab",
    )
    assert report == Report(created=3, updated=0, projects={"Lab": 1, "Other": 2}, errors=[])
    [memory] = Memory.objects.filter(project__name="Lab")
    assert memory.body == '{"z":1.0,"a":2,"task":"wire","date":"2026-11-22"}'
    assert (memory.task, str(memory.date), memory.tags, memory.source) == ("wire", "2026-11-22", ["x"], "cli")
    assert (memory.owner, memory.created_at <= memory.updated_at) == (alice, True)
    assert alice.projects.get(name="Other").size == 2


def test_a_key_makes_writing_idempotent_within_a_body_and_across_bodies(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "BATCH", 2)  # the same key in one batch and in two
    body = [line(1, key="a"), line(2, key="a"), line(3, key="b"), line(4), line(5, key="a"), line(6, "Other", key="a")]
    assert write(alice, *body) == Report(4, 2, {"Lab": 5, "Other": 1}, [])
    first = alice.memories.get(project__name="Lab", client_key="a")
    assert first.data == {"number": 5}
    assert write(alice, *body) == Report(1, 5, {"Lab": 5, "Other": 1}, [])
    assert written(alice) == {"Lab": [3, 4, 4, 5], "Other": [6]}
    again = alice.memories.get(project__name="Lab", client_key="a")
    assert (again.pk, again.created_at) == (first.pk, first.created_at)
    assert again.updated_at > first.updated_at


def test_a_deleted_memory_does_not_take_the_key(alice: User) -> None:
    write(alice, line(1, key="a"))
    delete_memory(memory=alice.memories.get(), at=database_time())
    assert write(alice, line(2, key="a")) == Report(1, 0, {"Lab": 1}, [])
    assert written(alice) == {"Lab": [2]}


def test_by_default_one_bad_line_keeps_all_others_from_being_written(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "BATCH", 2)
    MemoryFactory(project__owner=alice, project__name="Lab", data={"number": 0}, client_key="a")
    body = [line(1, key="a"), line(2), line(3), b"{broken\n", line(4, "a/b"), line(5)]
    report = write(alice, *body)
    assert (report.created, report.updated, report.projects) == (0, 0, {})
    assert [error.number for error in report.errors] == [4, 5]
    assert written(alice) == {"Lab": [0]}
    partial = write(alice, *body, partial=True)
    assert (partial.created, partial.updated, partial.errors) == (3, 1, report.errors)
    assert written(alice) == {"Lab": [1, 2, 3, 5]}


def test_what_a_project_refuses_is_the_error_of_its_lines(alice: User, settings: Settings) -> None:
    settings.MAX_MEMORIES_PER_PROJECT = 2
    archived = ProjectFactory(owner=alice, name="Old")
    change_project(project=archived, at=database_time(), archived=True)
    MemoryFactory(project__owner=alice, project__name="Full", client_key="a", data={"number": 0})
    body = [
        *(line(1, "Old"), line(2, "Old"), line(3, "Full"), line(4, "Full"), line(5, "Full", key="a")),
        {"data": {"number": 6}},
    ]
    report = write(alice, *body, partial=True)
    assert (report.created, report.updated) == (1, 1)
    assert written(alice) == {"Full": [3, 5], "Old": []}
    details = {error.number: error.detail for error in report.errors}
    assert list(details) == [1, 2, 4, 6]
    assert "archived" in details[2]
    assert "as many memories" in details[4]
    assert details[6] == "The line has no project."


def test_a_body_writes_to_a_limited_number_of_projects(alice: User) -> None:
    report = write(alice, *(line(number, f"Project {number}") for number in range(102)))
    assert [error.number for error in report.errors] == [101, 102]
    assert not alice.projects.exists()


def test_one_line_too_many_changes_nothing_even_in_part(alice: User) -> None:
    lines = [*([json.dumps(line(1)).encode() + b"\n"] * 1_500), b"\n" * MAX_LINES]
    with pytest.raises(TooManyLines):
        write(alice, *lines, partial=True)
    assert not alice.projects.exists()


def test_a_preview_reports_the_same_and_writes_nothing(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BATCH", 2)
    MemoryFactory(project__owner=alice, project__name="Lab", client_key="a", data={"number": 0})
    body = [line(1, key="a"), line(2, "New", key="b"), line(3, "New"), line(4, "New", key="b"), b"{\n", line(5, "a/b")]
    expected = preview(alice, *body, partial=True)
    assert (expected.created, expected.updated, len(expected.errors)) == (2, 2, 2)
    assert preview(alice, *body) == Report(errors=expected.errors)
    assert written(alice) == {"Lab": [0]}
    assert write(alice, *body, partial=True) == expected


def test_the_lines_of_two_users_do_not_meet(alice: User, mallory: User) -> None:
    write(alice, line(1, key="a"))
    assert write(mallory, line(2, key="a")).created == 1
    assert (written(alice), written(mallory)) == ({"Lab": [1]}, {"Lab": [2]})


def test_what_is_written_can_be_found_and_what_is_changed_is_found_anew(alice: User) -> None:
    write(alice, line("lavender", key="a"), line("thyme"))
    drain()
    write(alice, line("rosemary", key="a"))
    drain()
    memory = alice.memories.get(client_key="a")
    for word, expected in {"lavender": [], "rosemary": [memory.pk]}.items():
        found = find(owner_id=alice.pk, table="memories", query=word, mode=Mode.KEYWORD)
        assert [hit.entity_id for hit in found.hits] == expected


def test_a_batch_takes_a_few_statements(alice: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    ProjectFactory(owner=alice, name="Lab")
    with django_assert_num_queries(11):
        write(alice, *(line(number, key=str(number)) for number in range(500)))


@pytest.mark.django_db(transaction=True)
def test_bodies_that_name_the_same_projects_in_another_order_are_both_written(alice: User) -> None:
    names = [f"Project {number}" for number in range(20)]
    orders = [names, names[::-1]]
    calls = [lambda order=order: write(alice, *(line(1, name) for name in order)) for order in orders]
    reports = run_together(calls, expected=OperationalError)
    assert [report.created for report in reports if isinstance(report, Report)] == [20, 20]
    assert written(alice) == {name: [1, 1] for name in names}
