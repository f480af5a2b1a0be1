"""The errors of search. Each has a message for the user."""

from django.utils.translation import gettext_lazy as _

from base.errors import MemoryLoopError, Unavailable


class EmbedderUnavailable(Unavailable):
    """The embedding model does not answer. New texts get their vectors later."""

    code = "embedder-unavailable"
    message = _("The embedding model is not answering. Until it does, texts are found by keywords only.")


class EmbedderSlow(EmbedderUnavailable):
    """The embedding model needs longer than a text may wait for it. A thread that can wait adds the vectors."""

    code = "embedder-slow"
    message = _("The embedding model is slow. Texts are found by keywords at first, and by meaning later.")


class IndexUnavailable(Unavailable):
    """LanceDB can't be read or written. Changes wait in the outbox."""

    code = "index-unavailable"
    message = _("The search index is not available. It is being repaired.")
    lance_name: str | None = None  # the table that failed, if it was one table


class IndexDamaged(IndexUnavailable):
    """A table is missing, unreadable or older than the last commit to it. It has to be rebuilt."""


class StoreUnavailable(IndexUnavailable):
    """The disk is full, for example. No table is damaged, and repairing one would fail too."""


class UnknownTable(MemoryLoopError):
    status = 404
    code = "unknown-table"
    message = _("There is no such table.")
