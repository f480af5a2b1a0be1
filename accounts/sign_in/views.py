"""Pages that replace allauth's."""

from allauth.usersessions.views import ListUserSessionsView

from accounts.sign_in.forms import SessionsForm


class SessionsView(ListUserSessionsView):
    form_class = SessionsForm
