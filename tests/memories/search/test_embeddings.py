import pytest
from django.conf import LazySettings
from django.core.management import call_command

from accounts.models import User
from memories.models import Memory
from memories.search.filters import MemoryFilters
from memories.search.queries import find_memories
from memories.services import change_memory
from search.models import OutboxEntry, OutboxStatus
from search.queries import Mode
from search.services import drain
from tests.factories import MemoryFactory
from tests.search.management.commands.test_check_index import check_index
from tests.stand_ins.ollama import OllamaStandIn

pytestmark = pytest.mark.django_db(transaction=True)

LONG = " ".join(f"Nephron number {number} filters blood." for number in range(500))  # several chunks


@pytest.fixture
def memories(alice: User, with_ollama: OllamaStandIn, settings: LazySettings) -> list[Memory]:
    """Two memories whose vectors are stored, and a third one without any text."""
    settings.MEMORY_EMBEDDINGS_STORED = True
    first = MemoryFactory(project__owner=alice, data={"note": "Nephrons filter blood."})
    memories: list[Memory] = [
        first,
        *(MemoryFactory(project=first.project, data=data) for data in ({"note": LONG}, {})),
    ]
    drain()
    return memories


def unembedded() -> int:
    return OutboxEntry.objects.filter(status=OutboxStatus.PENDING, missing_vector=True).count()


def test_a_rebuild_needs_no_embedding_model(
    memories: list[Memory], alice: User, with_ollama: OllamaStandIn, settings: LazySettings
) -> None:
    def scores() -> list[tuple[Memory, float]]:
        found = find_memories(owner=alice, query="nephrons", filters=MemoryFilters(), mode=Mode.HYBRID)
        return [(item.memory, round(item.score, 2)) for item in found.items]

    before = scores()
    calls = len(with_ollama.calls)
    with_ollama.status = 503
    call_command("reindex", "--table", "memories")
    assert [call.path for call in with_ollama.calls[calls:] if call.path == "/api/embed"] == []
    assert unembedded() == 0
    assert "memories: 0 missing, 0 extra, 0 stale, 0 missing vectors" in check_index("--table", "memories")[1]
    with_ollama.status = 0
    assert scores() == before


def test_another_text_or_model_never_gets_a_stored_vector(memories: list[Memory], settings: LazySettings) -> None:
    first = Memory.objects.get(pk=memories[0].pk)
    stored = bytes(first.embedding or b"")
    change_memory(memory=first, data={"note": "Bread needs salt."})
    drain()
    first.refresh_from_db()
    assert first.embedding_model.startswith("ollama ")
    assert bytes(first.embedding or b"") != stored
    settings.EMBEDDINGS = "builtin"
    call_command("reindex", "--table", "memories")
    first.refresh_from_db()
    assert first.embedding_model.startswith("builtin ")


def test_vectors_are_stored_only_if_that_is_wanted(alice: User) -> None:
    memory = MemoryFactory(project__owner=alice)
    drain()
    memory.refresh_from_db()
    assert memory.embedding is None
