"""The errors of a body with many memories."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from base.errors import MemoryLoopError, TooLarge
from memories.bulk.report import LineError
from memories.bulk.schemas import LineErrorOut, RejectedLines


class TooManyLines(TooLarge):
    code = "too-many-lines"
    message = _("At most 10,000 lines can be written at a time. Send the others in a second request.")


class TooManyBytes(TooLarge):
    code = "too-many-bytes"
    message = _("At most 32 MB can be written at a time. Send some of the lines in a second request.")


class LinesRejected(MemoryLoopError):
    extension = RejectedLines
    code = "lines-rejected"
    message = _("Nothing was written, because some lines have errors.")

    def __init__(self, errors: Sequence[LineError]) -> None:
        super().__init__()
        self.extended = RejectedLines(lines=LineErrorOut.list_of(errors))
