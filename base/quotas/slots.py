"""How much one user may have open at the same time.

The counts are in RAM, so a limit holds for each web process. `manage.py up` runs one; with several, a user has the
limit in each of them.
"""

from itertools import count
from threading import Lock
from uuid import UUID
from weakref import WeakValueDictionary

from django.utils.translation import gettext_lazy as _

from base.errors import TooMany


class TooManyRequests(TooMany):
    code = "too-many-requests"
    message = _("Too many of your requests are running at the same time. Wait until some of them have finished.")


class TooManyStreams(TooMany):
    code = "too-many-streams"
    message = _("Too many of your answers are open at the same time. Close some tabs or programs.")


class Held(set[int]):
    """The numbers of one user's slots. The slots keep it alive, so that nothing is left of users who hold none."""


class Slot:
    """A place that is taken until `release`, or until nothing refers to it any more.

    The latter matters for a response that is never sent: nothing closes it when the client disconnects early.
    """

    _numbers = count()

    def __init__(self, held: Held) -> None:
        self._held = held
        self._number = next(self._numbers)
        held.add(self._number)

    def release(self) -> None:
        """Takes no lock, because the garbage collector may call it while this thread holds one."""
        self._held.discard(self._number)

    def __del__(self) -> None:
        self.release()


class Slots:
    """The slots that each user holds. `error` is raised when there is none left."""

    def __init__(self, error: type[TooMany]) -> None:
        self._error = error
        self._held: WeakValueDictionary[UUID, Held] = WeakValueDictionary()
        self._lock = Lock()

    def take(self, owner_id: UUID, *, limit: int) -> Slot:
        with self._lock:
            held = self._held.setdefault(owner_id, Held())
            if len(held) >= limit:
                raise self._error(retry_after=5)
            return Slot(held)


STREAMS = Slots(TooManyStreams)
