"""All URLs of the site. The `urls.py` of each app lists its own, with full paths."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLResolver, include, path, re_path
from django.views.decorators.csrf import csrf_exempt

from base.api.problems import problem
from base.apps import project_apps
from memoryloop.api import api


@csrf_exempt
def unknown_api_path(request: HttpRequest) -> HttpResponse:
    return problem(status=404, title="Not found", detail="The API has no such URL; /api/docs lists all of them.")


def app_urls() -> list[URLResolver]:
    return [path("", include(urls)) for config in project_apps() if (urls := config.submodule("urls"))]


urlpatterns = [
    path("api/", api.urls),
    re_path("^api(?:/|$)", unknown_api_path),
    path("accounts/", include("accounts.sign_in.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    *app_urls(),
]

handler400 = "base.error_handlers.bad_request"
handler403 = "base.error_handlers.forbidden"
handler404 = "base.error_handlers.not_found"
handler500 = "base.error_handlers.server_error"
