"""Sessions in PostgreSQL, found by SQL that is built once, because each page reads one."""

from datetime import datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from base.sql.prepared import PreparedQuery

_SESSION = PreparedQuery(
    lambda key, at: Session.objects.filter(session_key=key, expire_date__gt=at), key=str, at=datetime
)


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        session = _SESSION.first(key=self.session_key, at=timezone.now())
        if session is None:
            self._session_key = None
        return session
