"""The errors of reviews."""

from django.utils.translation import gettext_lazy as _

from base.errors import Conflict, MemoryLoopError


class CardSuspended(Conflict):
    code = "card-suspended"
    message = _("This card is suspended. Unsuspend it first.")


class CardNotInDeck(Conflict):
    code = "card-not-in-deck"
    message = _("This card is not in your deck: it is a draft, or it was deleted.")


class CardMovedOn(Conflict):
    """The card was reviewed after the user loaded it, in another tab or by another program."""

    code = "card-moved-on"
    message = _("This card was answered in the meantime. Reload it.")


class ReviewIdTaken(Conflict):
    code = "review-id-taken"
    message = _("This review id belongs to a review of another card.")


class NothingToUndo(Conflict):
    code = "nothing-to-undo"
    message = _("There is no answer to undo.")


class BadSetting(MemoryLoopError):
    """`field` is the invalid setting."""

    code = "bad-setting"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class TooFewQuestions(Conflict):
    code = "too-few-questions"
    message = _("A test needs five questions. Make more cards of this skill first.")


class AlreadyTested(Conflict):
    """Its answers were shown today, so they would prove nothing."""

    code = "already-tested"
    message = _("You took this test today, and its answers are fresh. Take it again tomorrow.")
