from datetime import date

import pytest

from accounts.models import User
from memories.indexing import MEMORIES
from memories.models import Memory
from memories.search.filters import MemoryFilters
from memories.search.queries import find_memories
from memories.services import delete_memory, delete_project, restore_project
from search.index import ranked_search
from search.index.tables import ensure_table, retire
from search.joint_search import search
from search.models import IndexTable
from search.queries import Mode
from search.services import drain
from tests.factories import MemoryFactory, ProjectFactory
from tests.memories.search.cases import CASES, WORD, create_memories

pytestmark = pytest.mark.django_db(transaction=True)

LAB = MemoryFilters(projects=["Lab"])


@pytest.fixture(autouse=True)
def index() -> None:
    ensure_table(MEMORIES)  # without rows, the first table is complete


@pytest.fixture(params=["all rows", "rows that pass", "candidates"])
def stage(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every search, as for an owner of few memories, and as for one of many with a narrow and with a wide filter."""
    if request.param != "all rows":
        monkeypatch.setattr(ranked_search, "MAX_ROWS", 2 if request.param == "rows that pass" else 0)
        monkeypatch.setattr(ranked_search, "SAMPLE", 10**6)  # a sample of all rows


def found(owner: User, query: str, filters: MemoryFilters, limit: int = 20, mode: Mode = Mode.HYBRID) -> list[Memory]:
    results = find_memories(owner=owner, query=query, filters=filters, limit=limit, mode=mode)
    assert results.notice is None
    return [item.memory for item in results.items]


@pytest.mark.usefixtures("stage")
def test_a_search_finds_what_the_list_has(alice: User) -> None:
    memories = create_memories(alice)
    drain()
    for filters, expected in CASES:
        for query in (WORD, ""):
            result = found(alice, query, MemoryFilters(**filters))
            assert len(result) == len(set(result)), filters
            assert set(result) == {memories[name] for name in expected.split()}, (filters, query)


@pytest.mark.usefixtures("stage")
def test_the_best_match_is_first_and_says_why(alice: User) -> None:
    project = ProjectFactory(owner=alice, name="Lab")
    MemoryFactory(project=project, data={"note": "Bread is baked with flour, water and yeast."})
    kidneys = MemoryFactory(project=project, data={"note": "The nephrons of a kidney filter blood."})
    drain()
    results = find_memories(owner=alice, query="what do nephrons filter", filters=LAB)
    best = results.items[0]
    assert best.memory == kidneys
    assert (best.words, best.meaning) == (("nephrons", "filter"), True)
    assert "<mark>nephrons</mark>" in best.highlight
    assert 0 < best.score <= 1


@pytest.mark.usefixtures("stage")
def test_where_is_exact_however_many_better_matches_it_leaves_out(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memories.search.queries.MAX_HITS", 2)
    project = ProjectFactory(owner=alice, name="Lab")
    for _ in range(4):
        MemoryFactory(project=project, data={"note": "nephrons nephrons", "status": "closed"})
    opened = [
        MemoryFactory(project=project, data={"status": "open", "note": f"nephrons {n} of many"}) for n in range(3)
    ]
    drain()
    where = MemoryFilters(where={"status": "open"})
    assert set(found(alice, "nephrons", where)) == set(opened)
    assert len(found(alice, "nephrons", where, limit=2)) == 2
    assert found(alice, "nephrons", MemoryFilters(where={"status": "lost"})) == []


@pytest.mark.parametrize("query", ["", "  ", "...", "\0"])
def test_without_words_the_newest_that_pass_are_found(alice: User, query: str) -> None:
    first, second, third = (MemoryFactory(project__owner=alice, task=task) for task in ("a", "b", "a"))
    assert found(alice, query, MemoryFilters()) == [third, second, first]
    assert found(alice, query, MemoryFilters(task="a")) == [third, first]
    assert found(alice, query, MemoryFilters(), limit=1) == [third]


def test_archived_projects_take_no_places_in_searches(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.joint_search.MAX_COUNTED", 2)
    archived = ProjectFactory(owner=alice, archived_at=MemoryFactory().created_at)
    for _ in range(3):
        MemoryFactory(project=archived, data={"note": "nephrons nephrons"})
    current = MemoryFactory(project__owner=alice, data={"note": "the nephrons of a kidney, among other things"})
    drain()
    assert [result.row for result in search(owner=alice, query="nephrons", kinds=["memory"]).items] == [current]
    assert found(alice, "nephrons", MemoryFilters(), limit=1) == [current]


def test_memories_of_a_restored_project_are_found_again(alice: User) -> None:
    memory = MemoryFactory(project__owner=alice, project__name="Lab", data={"note": "nephrons"})
    drain()
    delete_project(project=memory.project, at=memory.created_at)
    memory.save()  # indexed once more while the project is deleted
    drain()
    assert found(alice, "nephrons", LAB) == []
    restore_project(project=memory.project)
    assert found(alice, "nephrons", LAB) == [memory]


def test_what_the_index_still_has_is_not_shown(alice: User) -> None:
    memory = MemoryFactory(project__owner=alice, date=date(2026, 1, 1), data={"note": "nephrons"})
    drain()
    Memory.objects.filter(pk=memory.pk).update(date=date(2027, 1, 1))
    assert found(alice, "nephrons", MemoryFilters(date_to=date(2026, 12, 31))) == []
    delete_memory(memory=memory, at=memory.created_at)
    assert found(alice, "nephrons", MemoryFilters()) == []


def test_a_stranger_finds_nothing_of_a_project_of_the_same_name(alice: User, mallory: User) -> None:
    create_memories(alice)
    ProjectFactory(owner=mallory, name="Lab")
    drain()
    assert found(mallory, WORD, LAB) == found(mallory, "", LAB) == found(mallory, WORD, MemoryFilters()) == []


def test_without_an_index_words_are_found_and_the_user_is_told(alice: User) -> None:
    memories = create_memories(alice)
    retire(IndexTable.objects.all())
    for _ in range(3):
        MemoryFactory(project=memories["first"].project, data={"note": WORD})
    results = find_memories(owner=alice, query=WORD, filters=MemoryFilters(projects=["Home"]), limit=1)
    assert results.notice
    assert [item.memory for item in results.items] == [memories["home"]]
