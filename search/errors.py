"""What search can't do just now."""

from django.utils.translation import gettext_lazy as _

from base.errors import MemoryLoopError, Unavailable


class EmbedderUnavailable(Unavailable):
    """The embedding model does not answer; texts wait and are found by words until it does."""

    code = "embedder-unavailable"
    message = _("The embedding model is not answering. Texts are found by their words until it does.")


class IndexUnavailable(Unavailable):
    """LanceDB can't be read or written now; its rows wait in the outbox."""

    code = "index-unavailable"
    message = _("The search index is not available. It is being repaired.")


class IndexDamaged(IndexUnavailable):
    """A table is gone, unreadable, or older than what was written to it; it has to be built again."""


class UnknownTable(MemoryLoopError):
    status = 404
    code = "unknown-table"
    message = _("There is no such table.")
