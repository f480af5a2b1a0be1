"""Factories for rows. Each makes a minimal valid row, so that a test states everything that it depends on."""

from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import factory
from django.db.models import F
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import ApiToken, Scope, User
from chat.models import Conversation, LeftOutPiece, Message, MessageStatus, Role
from flashcards.generation.models import BatchStatus, Generation, GenerationBatch, GenerationStatus
from flashcards.models import Card, CardState, CardStatus
from goals.models import Goal, SkillNode, SkillTree, TreeOrigin, TreeRun, TreeStatus
from memories.models import ConversationProject, Memory, Project
from memories.records.values import written
from passages.models import RememberedPassage
from providers.models import ProviderName
from quiz.models import Rating, Review, SkillTest
from quiz.progress.review_days import count_review
from quiz.scheduling.calendar import Calendar

DEFAULT_CALENDAR = Calendar(ZoneInfo("UTC"), 4)  # that of a user without review settings


class UserFactory(DjangoModelFactory):
    """A user without a password, because hashing one takes 130 ms. `client.force_login` needs none."""

    class Meta:
        model = User

    email = factory.Sequence(lambda number: f"user{number}@example.org")
    name = ""

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return User.objects.create_user(**kwargs)


class ApiTokenFactory(DjangoModelFactory):
    """`token` is the secret itself, as a client sends it."""

    class Meta:
        model = ApiToken

    class Params:
        token = factory.Sequence(lambda number: f"ml_test-token-{number}")

    owner = factory.SubFactory(UserFactory)
    name = "Script"
    digest = factory.LazyAttribute(lambda row: sha256(row.token.encode()).hexdigest())
    last4 = factory.LazyAttribute(lambda row: row.token[-4:])
    scopes = factory.LazyFunction(lambda: list(Scope.values))


class ConversationFactory(DjangoModelFactory):
    class Meta:
        model = Conversation

    owner = factory.SubFactory(UserFactory)
    title = factory.Sequence(lambda number: f"Conversation {number}")
    provider = ProviderName.BUILTIN


class MessageFactory(DjangoModelFactory):
    """A user's message; `role=Role.ASSISTANT` makes a complete reply. The conversation's owner owns it."""

    class Meta:
        model = Message

    conversation = factory.SubFactory(ConversationFactory)
    owner = factory.SelfAttribute("conversation.owner")
    role = Role.USER
    status = MessageStatus.COMPLETE
    content = factory.Sequence(lambda number: f"Message {number}")
    provider = factory.LazyAttribute(lambda row: ProviderName.BUILTIN if row.role == Role.ASSISTANT else "")


def long_thread(conversation: Conversation, length: int) -> list[Message]:
    """Questions and answers with the contents "Number 0", "Number 1" …, which are not in the index."""
    roles = [Role.USER, Role.ASSISTANT]
    return Message.objects.bulk_create(
        MessageFactory.build(conversation=conversation, role=roles[number % 2], content=f"Number {number}. " * 12)
        for number in range(length)
    )


def reply_to(conversation: Conversation, **fields: object) -> Message:
    """A complete reply to a new message of the user."""
    asked = MessageFactory(conversation=conversation)
    return MessageFactory(conversation=conversation, role=Role.ASSISTANT, in_reply_to=asked, **fields)


class LeftOutPieceFactory(DjangoModelFactory):
    class Meta:
        model = LeftOutPiece

    conversation = factory.SubFactory(ConversationFactory)
    owner = factory.SelfAttribute("conversation.owner")
    kind = "message"
    piece_id = factory.LazyFunction(uuid4)
    title = "Cells, 2026-01-01"


def reply_pieces(owner: User, *texts: str) -> list[dict[str, Any]]:
    """Entries of `Message.context`, each a message of this text in a conversation of its own. The first is cited."""
    sources = [MessageFactory(conversation__owner=owner, content=text) for text in texts]
    return [
        {
            "number": number,
            "kind": "message",
            "id": str(source.pk),
            "conversation_id": str(source.conversation_id),
            "title": f"{source.conversation.title}, 2026-01-01",
            "excerpt": source.content,
            "reason": "Close in meaning",
            "cited": number == 1,
        }
        for number, source in enumerate(sources, start=1)
    ]


class PassageFactory(DjangoModelFactory):
    class Meta:
        model = RememberedPassage

    owner = factory.SubFactory(UserFactory)
    conversation_title = "Kidneys"
    text = factory.Sequence(lambda number: f"Passage {number}")
    fingerprint = factory.LazyAttribute(lambda row: sha256("".join(row.text.split()).encode()).hexdigest())


class ProjectFactory(DjangoModelFactory):
    class Meta:
        model = Project

    owner = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda number: f"Project {number}")


class MemoryFactory(DjangoModelFactory):
    """Counted in the size of its project."""

    class Meta:
        model = Memory

    project = factory.SubFactory(ProjectFactory)
    owner = factory.SelfAttribute("project.owner")
    data = factory.Sequence(lambda number: {"note": f"Memory {number}"})
    body = factory.LazyAttribute(lambda row: written(row.data))

    @classmethod
    def _create(cls, model_class: type[Memory], *args: Any, **kwargs: Any) -> Any:
        memory = super()._create(model_class, *args, **kwargs)
        if memory.deleted_at is None:
            Project.objects.filter(pk=memory.project_id).update(size=F("size") + 1)
        return memory


class ConversationProjectFactory(DjangoModelFactory):
    class Meta:
        model = ConversationProject

    conversation = factory.SubFactory(ConversationFactory)
    owner = factory.SelfAttribute("conversation.owner")
    project = factory.SubFactory(ProjectFactory, owner=factory.SelfAttribute("..owner"))
    use = True


class GenerationFactory(DjangoModelFactory):
    class Meta:
        model = Generation

    owner = factory.SubFactory(UserFactory)
    text = "Mitochondria make ATP."
    provider = ProviderName.BUILTIN
    status = GenerationStatus.DONE


class GenerationBatchFactory(DjangoModelFactory):
    class Meta:
        model = GenerationBatch

    goal = factory.SubFactory("tests.factories.GoalFactory")
    owner = factory.SelfAttribute("goal.owner")
    status = BatchStatus.DONE


class CardFactory(DjangoModelFactory):
    """A new card in the deck; `reviewed=True` makes one that has been reviewed."""

    class Meta:
        model = Card

    class Params:
        reviewed = factory.Trait(
            state=CardState.REVIEW,
            stability=10.0,
            difficulty=5.0,
            reps=3,
            last_review=factory.LazyAttribute(lambda row: row.due - timedelta(days=10)),
        )

    owner = factory.SubFactory(UserFactory)
    question = factory.Sequence(lambda number: f"Question {number}?")
    answer = factory.Sequence(lambda number: f"Answer {number}")
    fingerprint = factory.LazyAttribute(lambda row: sha256(f"{row.question}\n{row.answer}".encode()).hexdigest())
    status = CardStatus.ACTIVE
    due = factory.LazyFunction(timezone.now)


class ReviewFactory(DjangoModelFactory):
    """The first review of a new card, counted on its day. Make those of one card in the order of their times."""

    class Meta:
        model = Review

    card = factory.SubFactory(CardFactory)
    owner = factory.SelfAttribute("card.owner")
    review_id = factory.LazyFunction(uuid4)
    rating = Rating.GOOD
    reviewed_at = factory.LazyFunction(timezone.now)
    day = factory.LazyAttribute(lambda row: DEFAULT_CALENDAR.day_of(row.reviewed_at))
    state_before = CardState.NEW
    state_after = CardState.LEARNING
    stability_after = 2.3065
    difficulty_after = 2.1181
    due_before = factory.LazyAttribute(lambda row: row.reviewed_at)
    due_after = factory.LazyAttribute(lambda row: row.reviewed_at + timedelta(minutes=10))
    reps_before = 0
    lapses_before = 0
    status_before = CardStatus.ACTIVE

    @classmethod
    def _create(cls, model_class: type[Review], *args: Any, **kwargs: Any) -> Review:
        review = Review.objects.create(**kwargs)
        count_review(review)
        return review


class GoalFactory(DjangoModelFactory):
    class Meta:
        model = Goal

    owner = factory.SubFactory(UserFactory)
    title = factory.Sequence(lambda number: f"Goal {number}")
    position = factory.Sequence(int)


class SkillTreeFactory(DjangoModelFactory):
    """An accepted tree without skills."""

    class Meta:
        model = SkillTree

    goal = factory.SubFactory(GoalFactory)
    owner = factory.SelfAttribute("goal.owner")
    status = TreeStatus.ACCEPTED
    origin = TreeOrigin.MANUAL


class TreeRunFactory(DjangoModelFactory):
    """A run that no worker has claimed."""

    class Meta:
        model = TreeRun

    goal = factory.SubFactory(GoalFactory)
    owner = factory.SelfAttribute("goal.owner")
    provider = ProviderName.BUILTIN


class SkillNodeFactory(DjangoModelFactory):
    """A branch of an accepted tree; with `parent`, a skill below it."""

    class Meta:
        model = SkillNode

    parent = None
    tree = factory.Maybe("parent", factory.SelfAttribute("parent.tree"), factory.SubFactory(SkillTreeFactory))
    owner = factory.SelfAttribute("tree.owner")
    title = factory.Sequence(lambda number: f"Skill {number}")
    depth = factory.LazyAttribute(lambda row: row.parent.depth + 1 if row.parent else 1)
    position = factory.Sequence(int)


class SkillTestFactory(DjangoModelFactory):
    """A test that has just begun; with `ended=True`, one that was passed."""

    class Meta:
        model = SkillTest

    class Params:
        ended = factory.Trait(
            answers=[True, True, False, True, True], ended_at=factory.SelfAttribute("started_at"), passed=True
        )

    skill = factory.SubFactory(SkillNodeFactory)
    owner = factory.SelfAttribute("skill.owner")
    cards = factory.LazyAttribute(
        lambda row: [card.pk for card in CardFactory.create_batch(5, owner=row.owner, skill=row.skill)]
    )
    started_at = factory.LazyFunction(timezone.now)
