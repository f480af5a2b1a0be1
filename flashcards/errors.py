"""The errors of cards."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from base.errors import Conflict, MemoryLoopError, TooLarge, TooMany

if TYPE_CHECKING:
    from flashcards.models import Card


class EmptySide(MemoryLoopError):
    code = "empty-side"
    message = _("A card needs a question and an answer.")


class NoGap(MemoryLoopError):
    code = "no-gap"
    message = _("A cloze card needs at least one cloze deletion, such as {{c1::Paris}}.")


class SidesEqual(MemoryLoopError):
    code = "sides-equal"
    message = _("Both sides are the same, so there is nothing to reverse.")


class CardTooLong(TooLarge):
    code = "card-too-long"
    message = _("A side of a card can have up to 10,000 characters. Split it into several cards.")


class SameCard(Conflict):
    """A card with this text is already in the deck. `card` is that card, or None if it is not known."""

    code = "same-card"
    message = _("This card is already in your deck.")

    def __init__(self, card: "Card | None" = None) -> None:
        super().__init__()
        self.card = card


class CardIsDraft(Conflict):
    code = "card-is-draft"
    message = _("This card is a draft. Add it to the deck first.")


class NothingToRestore(MemoryLoopError):
    status = 404
    code = "nothing-to-restore"
    message = _("This card has been deleted permanently.")


class UnknownDraft(MemoryLoopError):
    status = 404
    code = "unknown-draft"
    message = _("One of these drafts no longer exists. Reload the page.")


class NothingToLearnFrom(MemoryLoopError):
    code = "nothing-to-learn-from"
    message = _("There is no text to make cards from.")


class NothingAboutSkill(MemoryLoopError):
    """The built-in tutor, which only quotes, was asked for cards for a skill of which the user has written nothing."""

    code = "nothing-about-skill"
    message = _(
        "The built-in tutor makes cards only from text, and it found none about this skill. Describe the skill, chat "
        "about it, or choose Claude or Ollama."
    )


class NoSkillsChosen(MemoryLoopError):
    code = "no-skills"
    message = _("Choose at least one skill of the goal's tree.")


class BatchRunning(Conflict):
    code = "batch-running"
    message = _("Cards for this goal are already being made.")


class NothingToResume(Conflict):
    code = "nothing-to-resume"
    message = _("Cards for all of these skills have been made.")


class TextTooLong(TooLarge):
    code = "text-too-long"
    message = _("Cards can be made from at most 100,000 characters.")


class TooManyGenerations(TooMany):
    code = "too-many-generations"
    message = _("Several sets of cards are already being made. Wait until one of them is finished.")
