"""Words about what happened elsewhere, shown for a while, with a way back where there is one."""

from django.contrib import messages
from django.http import HttpRequest

from memoryloop.errors import Sentence


def toast(request: HttpRequest, sentence: Sentence, *, undo: str = "") -> None:
    """Show `sentence` with the next page or partial; `undo` is an address of this site that takes it back by POST."""
    messages.info(request, str(sentence), extra_tags=undo)
