"""The errors of search. Each has a message for the user."""

from django.utils.translation import gettext_lazy as _

from base.errors import MemoryLoopError, Unavailable


class EmbedderUnavailable(Unavailable):
    """The embedding model does not answer. New texts get their vectors later."""

    code = "embedder-unavailable"
    message = _("The embedding model is not answering. Until it does, texts are found by keywords only.")


class IndexUnavailable(Unavailable):
    """LanceDB can't be read or written. Changes wait in the outbox."""

    code = "index-unavailable"
    message = _("The search index is not available. It is being repaired.")


class IndexDamaged(IndexUnavailable):
    """A table is missing, unreadable or older than the last commit to it. It has to be rebuilt."""


class UnknownTable(MemoryLoopError):
    status = 404
    code = "unknown-table"
    message = _("There is no such table.")
