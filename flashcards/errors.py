"""What can go wrong with cards."""

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
    message = _("A cloze needs at least one gap, such as {{c1::Paris}}.")


class SidesEqual(MemoryLoopError):
    code = "sides-equal"
    message = _("Both sides say the same, so there is nothing to reverse.")


class CardTooLong(TooLarge):
    code = "card-too-long"
    message = _("A side of a card can have 10,000 characters. Make several cards of it.")


class SameCard(Conflict):
    """This text is in the deck already; `card` is the one that was there first, when it is known."""

    code = "same-card"
    message = _("This card is in your deck already.")

    def __init__(self, card: "Card | None" = None) -> None:
        super().__init__()
        self.card = card


class CardIsDraft(Conflict):
    code = "card-is-draft"
    message = _("This card is a draft. Add it to the deck first.")


class NothingToRestore(MemoryLoopError):
    status = 404
    code = "nothing-to-restore"
    message = _("This card is gone for good.")


class UnknownDraft(MemoryLoopError):
    status = 404
    code = "unknown-draft"
    message = _("One of these drafts is not there any more. Load the page again.")


class NothingToLearnFrom(MemoryLoopError):
    code = "nothing-to-learn-from"
    message = _("There is no text to make cards from.")


class TextTooLong(TooLarge):
    code = "text-too-long"
    message = _("Cards can be made from up to 100,000 characters at once.")


class TooManyGenerations(TooMany):
    code = "too-many-generations"
    message = _("Several sets of cards are being made already. Wait for one of them to finish.")
