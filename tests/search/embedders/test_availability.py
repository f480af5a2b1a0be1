import pytest

from search.embedders import availability
from search.embedders.availability import Availability
from search.errors import EmbedderUnavailable


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
