"""What a person sees when something did not work: the one place where an error becomes a page."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext_lazy as _

from base.api.problems import problem, problem_for
from base.errors import MemoryLoopError, TooLarge


class Unreadable(MemoryLoopError):
    status = 400
    code = "unreadable"
    message = _("The server could not read this request. Go back, load the page again and repeat.")


class FailureMiddleware(MiddlewareMixin):
    """Turns a refusal that a verb raised into a page, or into a toast when htmx asked."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return _refusal(request, exception) if isinstance(exception, MemoryLoopError) else None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's answer to what it cannot read; too many bytes is 413, so that a program knows what to change."""
    return _refusal(request, TooLarge() if isinstance(exception, RequestDataTooBig) else Unreadable())


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_program(request):
        return problem(status=403, title="Forbidden", detail="You may not do this.")
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_program(request):
        return problem(status=404, title="Not found", detail="It is not there, or it is not yours.")
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """The last resort: neither session nor database is touched, since one of them may be what broke."""
    if _is_program(request):
        return problem(status=500, title="Server error", detail="Something broke on the server; it is in its log.")
    return HttpResponse(render_to_string("500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def _refusal(request: HttpRequest, error: MemoryLoopError) -> HttpResponse:
    if _is_program(request):
        return problem_for(error)
    response = _page(request, error)
    retry_after = getattr(error, "retry_after", None)
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def _page(request: HttpRequest, error: MemoryLoopError) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return render(request, "error.html", {"message": error.detail, "code": error.status}, status=error.status)
    response = render(request, "_toast.html", {"message": error.detail}, status=error.status)
    response["HX-Retarget"], response["HX-Reswap"] = "#toasts", "beforeend"
    return response


def _is_program(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
