"""The domain errors of the whole project."""

from collections import defaultdict
from collections.abc import Iterator

from base.errors import MemoryLoopError
from memoryloop import urls  # imports every app's views and API, and with them every error


def error_classes(base: type[MemoryLoopError] = MemoryLoopError) -> Iterator[type[MemoryLoopError]]:
    yield base
    for error in base.__subclasses__():
        yield from error_classes(error)


def test_a_code_names_one_error() -> None:
    assert urls.urlpatterns
    errors = defaultdict(list)
    for error in error_classes():
        if "code" in vars(error):
            errors[error.code].append(error)
    assert len(errors) > 30
    assert {code: found for code, found in errors.items() if len(found) > 1} == {}


def test_every_503_says_when_to_try_again() -> None:
    unavailable = [error for error in error_classes() if error.status == 503]
    assert len(unavailable) > 5
    assert [error for error in unavailable if not error().retry_after] == []
