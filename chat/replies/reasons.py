"""Why a message was retrieved, in words for its user."""

from django.utils.translation import gettext as _

from search.queries import Hit

MAX_WORDS = 4


def reason_for(hit: Hit, *, with_question_before: bool = False) -> str:
    """`with_question_before`: the hit was found only together with the question before the user's message."""
    if with_question_before:
        return _("Continues your question before it")
    words = ", ".join(f"‘{word}’" for word in hit.words[:MAX_WORDS])
    if words and hit.is_close:
        return _("Shares the words {words} and is close in meaning").format(words=words)
    if words:
        return _("Shares the words {words}").format(words=words)
    if hit.is_close:
        return _("Close in meaning")
    return _("Next to a message about this")
