import pytest

from search.embedders import availability
from search.embedders.availability import Availability
from search.errors import EmbedderSlow, EmbedderUnavailable


@pytest.fixture
def model(caplog: pytest.LogCaptureFixture) -> Availability:
    caplog.set_level("INFO", availability.__name__)
    return Availability("http://ollama.example.org", "nomic-embed-text")


def test_an_outage_is_logged_once_when_it_begins_and_once_when_it_ends(
    model: Availability, caplog: pytest.LogCaptureFixture
) -> None:
    model.answered()
    assert caplog.records == []
    for _ in range(3):
        model.failed("The server is not answering.")
    [warning] = caplog.records
    assert warning.levelname == "WARNING"
    assert "nomic-embed-text at http://ollama.example.org is unavailable" in warning.getMessage()
    assert "The server is not answering." in warning.getMessage()
    caplog.clear()
    model.answered()
    model.answered()
    [information] = caplog.records
    assert information.levelname == "INFO"
    assert "available again" in information.getMessage()


def test_a_second_outage_is_logged_too(model: Availability, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(2):
        model.failed("down")
        model.answered()
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO", "WARNING", "INFO"]


def test_requests_are_refused_during_the_cooldown_with_the_last_reason(
    model: Availability, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.refuse_during_cooldown()
    monkeypatch.setattr(availability, "COOLDOWN", 60.0)
    model.failed("The server is not answering.")
    with pytest.raises(EmbedderUnavailable, match="not answering"):
        model.refuse_during_cooldown()


def test_a_cooldown_ends(model: Availability, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(availability, "COOLDOWN", 0.0)
    model.failed("The server is not answering.")
    model.refuse_during_cooldown()


def test_after_a_cooldown_one_caller_tries_and_the_others_are_refused(
    model: Availability, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(availability, "COOLDOWN", 0.0)
    model.failed("The server is not answering.")
    monkeypatch.setattr(availability, "COOLDOWN", 60.0)
    model.refuse_during_cooldown()
    with pytest.raises(EmbedderUnavailable):
        model.refuse_during_cooldown()
    model.answered()
    model.refuse_during_cooldown()


def test_texts_do_not_wait_for_a_model_that_was_too_slow(model: Availability, monkeypatch: pytest.MonkeyPatch) -> None:
    model.refuse_while_slow()
    model.too_slow()
    with pytest.raises(EmbedderSlow):
        model.refuse_while_slow()
    model.refuse_during_cooldown()  # searches may still ask it


def test_the_pause_doubles_until_the_model_is_in_time(model: Availability, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses = []
    for _ in range(6):
        model.too_slow()
        pauses.append(model._slow_for)
    assert pauses == [5.0, 10.0, 20.0, 40.0, 60.0, 60.0]
    model.in_time()
    model.too_slow()
    assert model._slow_for == 5.0
