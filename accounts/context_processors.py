"""What every template may ask of accounts."""

from collections.abc import Callable

from django.http import HttpRequest

from accounts import services


def first_account(request: HttpRequest) -> dict[str, Callable[[], bool]]:
    """`first_account`: whether whoever signs up now becomes the operator. The database is asked when it is shown."""
    return {"first_account": services.is_first_account}
