"""What programs read by its URI."""

from uuid import UUID

from accounts.models import User
from flashcards.schemas import CardOut
from mcp_server.registry import resource
from mcp_server.tools.conversations import ConversationAnswer, WhichMessages, get_conversation
from mcp_server.tools.goals import GoalProgress, WhichGoal, goal_progress
from mcp_server.tools.memories import MemoryAnswer, WhichMemory, get_memory


@resource("Conversation")
def conversation(owner: User, pk: UUID) -> ConversationAnswer:
    """The latest messages of a chat."""
    return get_conversation(owner, WhichMessages(conversation_id=pk))


@resource("Card")
def card(owner: User, pk: UUID) -> CardOut:
    """A flashcard with both of its sides, its schedule, and the message that it was made from."""
    return CardOut.of(owner.cards.alive().get_or_not_found(pk))


@resource("Goal")
def goal(owner: User, pk: UUID) -> GoalProgress:
    """A goal with its progress and what to learn next."""
    return goal_progress(owner, WhichGoal(goal_id=pk))


@resource("Memory")
def memory(owner: User, pk: UUID) -> MemoryAnswer:
    """A JSON record of a project."""
    return get_memory(owner, WhichMemory(memory_id=pk))
