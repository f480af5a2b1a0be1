"""The admin site. Its users sign in on the normal page, with rate limits and the second factor."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from base.postgresql.acting import act_for_all_users

V = TypeVar("V", bound=Callable[..., HttpResponseBase])


class AdminSite(admin.AdminSite):
    site_header = _("MemoryLoop administration")
    site_title = _("MemoryLoop administration")
    index_title = _("Administration")

    def admin_view(self, view: V, cacheable: bool = False) -> V:
        @wraps(view)
        def view_for_staff(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            act_for_all_users("staff see the rows of all users in the admin")
            return view(request, *args, **kwargs)

        # Django's own `admin_view` calls the view only for staff.
        return super().admin_view(cast(V, view_for_staff), cacheable)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return response
