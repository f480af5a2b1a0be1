"""Every address of the site; each app brings its own."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt

from memoryloop.api import api
from memoryloop.rest import problem


@csrf_exempt
def not_in_the_api(request: HttpRequest) -> HttpResponse:
    return problem(status=404, title="Not found", detail="The API has no such address; /api/docs lists them.")


urlpatterns = [
    path("api/", api.urls),
    re_path("^api(?:/|$)", not_in_the_api),
    path("", include("chat.urls")),
    path("accounts/", include("allauth.urls")),
    path("settings/", include("accounts.urls")),
    path("settings/keys/", include("providers.urls")),
    path("cards/", include("flashcards.urls")),
    path("", include("quiz.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "memoryloop.failures.bad_request"
handler403 = "memoryloop.failures.forbidden"
handler404 = "memoryloop.failures.not_found"
handler500 = "memoryloop.failures.broken"
