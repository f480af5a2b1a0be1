"""The tools of cards and reviews."""

from datetime import datetime
from typing import Annotated, Self, cast
from uuid import UUID

from django.utils import timezone
from pydantic import BaseModel, Field

from accounts.models import Scope, User
from base.api.values import Choice, Key
from flashcards.generation.given_cards import GivenCard, propose_given_cards
from flashcards.generation.models import Generation
from flashcards.models import Card, CardKind
from flashcards.queries import generation_result
from flashcards.schemas import Side, Tags
from mcp_server.registry import ToolInput, tool
from mcp_server.uris import uri_of
from quiz import queries, services
from quiz.models import Rating, Review
from quiz.scheduling.scope import StudyScope
from quiz.schemas import CountsOut

MAX_CARDS = 50  # that one call creates or lists


class WhatIsDue(ToolInput):
    goal_id: Annotated[Key | None, Field(description="Only cards of this goal.")] = None
    skill_id: Annotated[Key | None, Field(description="Only cards of this skill and of those below it.")] = None
    ahead: Annotated[bool, Field(description="Also cards that are not due, and those beyond the day's limits.")] = False
    limit: Annotated[int, Field(ge=1, le=MAX_CARDS)] = 10


class QuestionOut(BaseModel):
    """A card without its answer. `reps` is how often it was answered: give it to `rate_card`."""

    id: UUID
    uri: str
    question: str
    tags: list[str]
    state: str
    due: datetime
    reps: int

    @classmethod
    def of(cls, card: Card) -> Self:
        return cls(
            id=card.pk,
            uri=uri_of(card),
            question=card.sides.front,
            tags=card.tags,
            state=card.state,
            due=card.due,
            reps=card.reps,
        )


class DueAnswer(BaseModel):
    """`counts` is what is left today, by the state of the cards."""

    items: list[QuestionOut]
    counts: CountsOut


@tool("List due cards")
def list_due_cards(owner: User, given: WhatIsDue) -> DueAnswer:
    """The questions of the cards to review now, in the order in which to ask them. Ask before you reveal an answer."""
    scope = StudyScope.of(owner, goal_id=given.goal_id, skill_id=given.skill_id, ahead=given.ahead)
    queue = queries.due_queue(owner=owner, at=timezone.now(), limit=given.limit, scope=scope)
    return DueAnswer(items=[QuestionOut.of(due.card) for due in queue.cards], counts=CountsOut.of(queue.counts))


class WhichCard(ToolInput):
    card_id: Key


class RevealedCard(QuestionOut):
    answer: str

    @classmethod
    def of(cls, card: Card) -> Self:
        return cls(**QuestionOut.of(card).model_dump(), answer=card.sides.back)


@tool("Reveal the answer of a card")
def reveal_card(owner: User, given: WhichCard) -> RevealedCard:
    """Both sides of a card, as Markdown. Call it once the user has tried to answer."""
    return RevealedCard.of(owner.cards.alive().get_or_not_found(given.card_id))


class RateCard(WhichCard):
    rating: Annotated[Choice[Rating], Field(description="1 again, 2 hard, 3 good, 4 easy: the user's own judgment.")]
    review_id: Annotated[Key, Field(description="A new UUID for each answer. The same one again changes nothing.")]
    duration_ms: Annotated[int, Field(ge=0, le=2**31 - 1, description="How long the user took.")] = 0
    reps: Annotated[int | None, Field(ge=0, le=2**31 - 1, description="Refuse if it was answered since.")] = None


class RatedCard(BaseModel):
    """When the card is due next."""

    id: UUID
    review_id: UUID
    rating: int
    state: str
    due: datetime
    reps: int

    @classmethod
    def of(cls, review: Review) -> Self:
        card = cast(Card, review.card)
        return cls(
            id=card.pk,
            review_id=review.review_id,
            rating=review.rating,
            state=card.state,
            due=card.due,
            reps=card.reps,
        )


@tool("Rate a card", scope=Scope.WRITE, is_idempotent=True)
def rate_card(owner: User, given: RateCard) -> RatedCard:
    """Record how well the user remembered, and schedule the card. The user decides on the rating, not the model."""
    return RatedCard.of(services.rate_card(owner=owner, at=timezone.now(), **given.model_dump()))


class Nothing(ToolInput):
    """No arguments."""


@tool("Undo the last rating", scope=Scope.WRITE, is_destructive=True)
def undo_rating(owner: User, given: Nothing) -> QuestionOut:
    """Take the user's latest rating of the last 24 hours back, whichever program or page it came from."""
    return QuestionOut.of(services.undo_review(owner=owner, at=timezone.now()))


class NewCard(ToolInput):
    question: Annotated[Side, Field(description="Markdown. For a cloze, the sentence with {{c1::the hidden words}}.")]
    answer: Side = ""
    kind: Choice[CardKind] = CardKind.BASIC
    tags: Tags = []


class NewCards(ToolInput):
    cards: Annotated[list[NewCard], Field(min_length=1, max_length=MAX_CARDS)]
    skill_id: Annotated[Key | None, Field(description="The skill of a goal that the cards are for.")] = None
    accept: Annotated[bool, Field(description="Add them to the deck without asking the user. Off: drafts.")] = False


class CreatedCard(BaseModel):
    """`status` is draft or active."""

    id: UUID
    uri: str
    question: str
    status: str

    @classmethod
    def of(cls, card: Card) -> Self:
        return cls(id=card.pk, uri=uri_of(card), question=card.question, status=card.status)


class DuplicateCard(BaseModel):
    """A proposal that the deck has already: `exact` ones are left out, `near` ones wait for the user as drafts."""

    question: str
    kind: str
    similarity: float
    existing_id: UUID | None


class CreatedCards(BaseModel):
    """The user decides on drafts under Cards, in the proposal with this id."""

    proposal_id: UUID
    cards: list[CreatedCard]
    duplicates: list[DuplicateCard]

    @classmethod
    def of(cls, generation: Generation) -> Self:
        result = generation_result(generation)
        return cls(
            proposal_id=generation.pk,
            cards=[CreatedCard.of(card) for card in result.cards],
            duplicates=[
                DuplicateCard(
                    question=duplicate.question,
                    kind=duplicate.record["kind"],
                    similarity=duplicate.record["similarity"],
                    existing_id=duplicate.existing.pk if duplicate.existing else None,
                )
                for duplicate in result.duplicates
            ],
        )


@tool("Create cards", scope=Scope.WRITE)
def create_cards(owner: User, given: NewCards) -> CreatedCards:
    """Propose flashcards. They are drafts, on which the user decides, unless `accept`. All are valid, or none is kept.

    Cards whose text is in the deck already are left out. A good card asks one thing and has a short answer.
    """
    skill = owner.skill_nodes.accepted().get_or_not_found(given.skill_id) if given.skill_id else None
    cards = [GivenCard(**card.model_dump()) for card in given.cards]
    return CreatedCards.of(propose_given_cards(owner=owner, cards=cards, skill=skill, accept=given.accept))
