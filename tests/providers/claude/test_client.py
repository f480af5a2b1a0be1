import logging
import traceback

import pytest
from pytest_django import Settings

from providers import errors
from providers.claude.client import Claude
from providers.types import CardProposals
from tests.providers.prompts import CARDS, QUESTION, WITH_EXTRACTS
from tests.stand_ins.claude import ClaudeStandIn
from tests.waiting import wait_until

MODEL = "claude-standin-5"


@pytest.fixture
def provider(claude: ClaudeStandIn) -> Claude:
    return Claude(claude.key)


def test_an_answer_streams_piece_by_piece(claude: ClaudeStandIn, provider: Claude) -> None:
    claude.thinking = "Let me think."
    pieces = list(provider.stream(prompt=QUESTION, model=MODEL))
    assert len(pieces) > 3
    assert "".join(pieces) == claude.reply


def test_the_first_piece_does_not_wait_for_the_last(claude: ClaudeStandIn, provider: Claude) -> None:
    claude.pace = 0.2
    pieces = provider.stream(prompt=QUESTION, model=MODEL)
    assert next(pieces).strip() == "Mitochondria"
    assert claude.open == 1


def test_closing_the_iterator_closes_the_connection(claude: ClaudeStandIn, provider: Claude) -> None:
    claude.pace = 0.05
    claude.reply = "word " * 1000
    pieces = provider.stream(prompt=QUESTION, model=MODEL)
    next(pieces)
    pieces.close()
    assert wait_until(lambda: claude.hung_up) == 1


def test_without_a_model_the_newest_one_answers(claude: ClaudeStandIn, provider: Claude) -> None:
    assert "".join(provider.stream(prompt=QUESTION, model="")) == claude.reply
    assert claude.calls[-1].body["model"] == MODEL


def test_extracts_are_quoted_beside_the_question_and_the_part_before_them_is_cached(
    claude: ClaudeStandIn, provider: Claude
) -> None:
    list(provider.stream(prompt=WITH_EXTRACTS, model=MODEL))
    body = claude.calls[-1].body
    assert body["system"] == [{"type": "text", "text": "Answer briefly.", "cache_control": {"type": "ephemeral"}}]
    assert [message["role"] for message in body["messages"]] == ["user", "assistant", "user"]
    assert body["messages"][1]["content"][0]["cache_control"] == {"type": "ephemeral"}
    quoted, question = body["messages"][2]["content"]
    assert quoted["text"].count("</extracts-") == 1
    assert question["text"] == "What makes ATP?"
    assert not {"temperature", "top_p", "top_k"} & set(body)


def test_cards_come_as_objects(claude: ClaudeStandIn, provider: Claude) -> None:
    proposals = provider.structured(prompt=CARDS, schema=CardProposals, model=MODEL)
    assert proposals.cards[0].answer == "Mitochondria."
    assert claude.calls[-1].body["output_config"]["format"]["type"] == "json_schema"


@pytest.mark.parametrize("text", ['{"cards": [', "Sorry, no.", '{"cards": 3}'])
def test_unreadable_cards_are_an_error(claude: ClaudeStandIn, provider: Claude, text: str) -> None:
    claude.structured_reply = text
    with pytest.raises(errors.AnswerUnreadable):
        provider.structured(prompt=CARDS, schema=CardProposals, model=MODEL)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("max_tokens", errors.AnswerCutShort),
        ("refusal", errors.ProviderRefused),
        ("model_context_window_exceeded", errors.TooLong),
    ],
)
def test_an_answer_that_does_not_end_normally_is_an_error(
    claude: ClaudeStandIn, provider: Claude, reason: str, expected: type[errors.ProviderError]
) -> None:
    claude.stop_reason = reason
    with pytest.raises(expected):
        list(provider.stream(prompt=QUESTION, model=MODEL))
    with pytest.raises(expected):
        provider.structured(prompt=CARDS, schema=CardProposals, model=MODEL)


@pytest.mark.parametrize(
    ("kind", "retry_after", "expected"),
    [
        ("authentication_error", "", errors.KeyRefused),
        ("permission_error", "", errors.KeyRefused),
        ("billing_error", "", errors.SpendLimit),
        ("not_found_error", "", errors.ModelMissing),
        ("rate_limit_error", "3600", errors.ProviderBusy),
        ("rate_limit_error", "", errors.SpendLimit),
        ("overloaded_error", "", errors.ProviderBusy),
        ("timeout_error", "", errors.ProviderSlow),
        ("invalid_request_error", "", errors.RequestRejected),
        ("api_error", "", errors.ProviderError),
    ],
)
def test_each_error_type_is_its_own_error_without_a_retry(
    claude: ClaudeStandIn, provider: Claude, kind: str, retry_after: str, expected: type[errors.ProviderError]
) -> None:
    claude.error, claude.retry_after = kind, retry_after
    with pytest.raises(expected) as caught:
        list(provider.stream(prompt=QUESTION, model=MODEL))
    assert type(caught.value) is expected
    assert len(claude.calls) == 1, "no hidden retry"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("overloaded_error", errors.ProviderBusy),
        ("rate_limit_error", errors.ProviderBusy),
        ("api_error", errors.ProviderError),
    ],
)
def test_an_error_in_the_stream_comes_after_the_text_so_far(
    claude: ClaudeStandIn, provider: Claude, kind: str, expected: type[errors.ProviderError]
) -> None:
    claude.fail_after, claude.stream_error = 5, kind
    pieces = provider.stream(prompt=QUESTION, model=MODEL)
    assert next(pieces).strip() == "Mitochondria"
    with pytest.raises(expected):
        list(pieces)


def test_a_stream_that_is_cut_off_is_an_error(claude: ClaudeStandIn, provider: Claude) -> None:
    claude.cut_after = 5
    with pytest.raises(errors.StreamBroken):
        list(provider.stream(prompt=QUESTION, model=MODEL))


def test_a_server_that_is_down_is_an_error(claude: ClaudeStandIn, provider: Claude) -> None:
    claude.down()
    with pytest.raises(errors.ProviderDown):
        list(provider.stream(prompt=QUESTION, model=MODEL))


def test_a_server_that_hangs_is_a_timeout(
    claude: ClaudeStandIn, provider: Claude, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.claude.client.READ_TIMEOUT", 0.2)
    claude.hanging = True
    with pytest.raises(errors.ProviderSlow):
        list(provider.stream(prompt=QUESTION, model=MODEL))


def test_silence_during_the_stream_is_a_timeout(
    claude: ClaudeStandIn, provider: Claude, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.claude.client.READ_TIMEOUT", 0.2)
    claude.pace = 5
    with pytest.raises(errors.ProviderSlow):
        list(provider.stream(prompt=QUESTION, model=MODEL))


def test_redirects_are_not_followed(claude: ClaudeStandIn, provider: Claude) -> None:
    with ClaudeStandIn() as elsewhere:
        claude.redirect_to = f"{elsewhere.url}/v1/messages"
        with pytest.raises(errors.ProviderDown):
            list(provider.stream(prompt=QUESTION, model=MODEL))
        assert elsewhere.calls == []


def test_models_are_those_of_the_api(claude: ClaudeStandIn, provider: Claude) -> None:
    assert [(model.model, model.label) for model in provider.models()] == list(claude.models.items())


def test_a_wrong_key_is_refused(claude: ClaudeStandIn) -> None:
    with pytest.raises(errors.KeyRefused):
        Claude("sk-ant-wrong").models()


def test_the_key_is_in_no_error_and_no_log(
    claude: ClaudeStandIn, caplog: pytest.LogCaptureFixture, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.claude.client.LIST_TIMEOUT", 0.2)
    planted = "sk-ant-planted-secret-xyz"
    caplog.set_level(logging.DEBUG)
    claude.quotes_key = True

    def error_text() -> str:
        with pytest.raises(errors.ProviderError) as caught:
            Claude(planted).models()
        return "".join(traceback.format_exception(caught.value)) + repr(caught.value)

    output = error_text()
    claude.broken_json = True
    output += error_text()
    claude.hanging = True
    output += error_text()
    claude.down()
    output += error_text()
    settings.ANTHROPIC_BASE_URL = "http://no-such-host.invalid"
    output += error_text()
    assert planted not in output + caplog.text
