"""Template variables of accounts."""

from collections.abc import Callable

from django.http import HttpRequest

from accounts import services


def first_account(request: HttpRequest) -> dict[str, Callable[[], bool]]:
    """`first_account`: whether the next user to sign up becomes the operator. Queried only where a template uses it."""
    return {"first_account": services.is_first_account}
