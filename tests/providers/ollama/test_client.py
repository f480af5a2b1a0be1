import pytest
from pytest_django import Settings

from providers import errors
from providers.ollama.client import Ollama
from providers.types import CardProposals
from tests.providers.prompts import CARDS, QUESTION, WITH_EXTRACTS
from tests.stand_ins.ollama import OllamaStandIn
from tests.waiting import wait_until

MODEL = "llama3.2:latest"


def answer(model: str = MODEL) -> list[str]:
    return list(Ollama().stream(prompt=QUESTION, model=model))


def test_an_answer_streams_piece_by_piece_without_the_thinking(ollama: OllamaStandIn) -> None:
    ollama.thinking = "Let me think."
    pieces = answer()
    assert len(pieces) > 3
    assert "".join(pieces) == ollama.reply


def test_the_first_piece_does_not_wait_for_the_last(ollama: OllamaStandIn) -> None:
    ollama.pace = 0.2
    pieces = Ollama().stream(prompt=QUESTION, model=MODEL)
    assert next(pieces).strip() == "Mitochondria"
    assert ollama.open == 1


def test_closing_the_iterator_closes_the_connection(ollama: OllamaStandIn) -> None:
    ollama.pace = 0.05
    ollama.reply = "word " * 1000
    pieces = Ollama().stream(prompt=QUESTION, model=MODEL)
    next(pieces)
    pieces.close()
    assert wait_until(lambda: ollama.hung_up) == 1


def test_extracts_are_quoted_beside_the_question(ollama: OllamaStandIn) -> None:
    list(Ollama().stream(prompt=WITH_EXTRACTS, model=MODEL))
    messages = ollama.calls[-1].body["messages"]
    assert [message["role"] for message in messages] == ["system", "user", "assistant", "user"]
    assert messages[0]["content"] == "Answer briefly."
    assert messages[-1]["content"].count("</extracts-") == 1
    assert messages[-1]["content"].endswith("What makes ATP?")


def test_cards_come_as_objects(ollama: OllamaStandIn) -> None:
    proposals = Ollama().structured(prompt=CARDS, schema=CardProposals, model=MODEL)
    assert proposals.cards[0].answer == "Mitochondria."
    assert ollama.calls[-1].body["format"] == CardProposals.model_json_schema()
    assert "<material-" in ollama.calls[-1].body["messages"][-1]["content"]


def test_unreadable_cards_are_an_error(ollama: OllamaStandIn) -> None:
    ollama.structured_reply = '{"cards": ['
    with pytest.raises(errors.AnswerUnreadable):
        Ollama().structured(prompt=CARDS, schema=CardProposals, model=MODEL)


def test_the_error_for_a_model_that_is_not_pulled_names_the_command(ollama: OllamaStandIn) -> None:
    with pytest.raises(errors.ModelMissing, match="ollama pull qwen3"):
        answer("qwen3")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, errors.RequestRejected),
        (500, errors.ProviderError),
        (499, errors.ProviderError),
        (503, errors.ProviderBusy),
    ],
)
def test_each_status_is_its_own_error(ollama: OllamaStandIn, status: int, expected: type[errors.ProviderError]) -> None:
    ollama.status = status
    with pytest.raises(expected) as caught:
        answer()
    assert type(caught.value) is expected


def test_the_servers_own_error_message_is_passed_on(ollama: OllamaStandIn) -> None:
    ollama.status, ollama.error = 500, "model requires more system memory (9 GiB)\nthan is available"
    with pytest.raises(errors.ProviderError, match=r"more system memory \(9 GiB\) than is available"):
        answer()


def test_an_error_in_the_stream_comes_after_the_text_so_far(ollama: OllamaStandIn) -> None:
    ollama.fail_after = 2
    pieces = Ollama().stream(prompt=QUESTION, model=MODEL)
    assert next(pieces).strip() == "Mitochondria"
    with pytest.raises(errors.ProviderError, match="mid-answer"):
        list(pieces)


def test_a_stream_that_is_cut_off_is_an_error(ollama: OllamaStandIn) -> None:
    ollama.cut_after = 2
    with pytest.raises(errors.StreamBroken):
        answer()


def test_an_answer_that_is_cut_at_its_length_limit_is_an_error(ollama: OllamaStandIn) -> None:
    ollama.done_reason = "length"
    with pytest.raises(errors.AnswerCutShort):
        answer()


def test_the_error_for_a_server_that_is_down_names_the_command(ollama: OllamaStandIn) -> None:
    ollama.down()
    with pytest.raises(errors.ProviderDown, match="ollama serve"):
        answer()


def test_a_server_that_goes_down_during_the_stream_is_an_error(ollama: OllamaStandIn) -> None:
    ollama.pace = 0.05
    ollama.reply = "word " * 1000
    pieces = Ollama().stream(prompt=QUESTION, model=MODEL)
    next(pieces)
    ollama.abort()
    with pytest.raises(errors.StreamBroken):
        list(pieces)


def test_a_server_that_hangs_is_a_timeout(ollama: OllamaStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("providers.ollama.client.READ_TIMEOUT", 0.2)
    ollama.hanging = True
    with pytest.raises(errors.ProviderSlow):
        answer()


def test_silence_during_the_stream_is_a_timeout(ollama: OllamaStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("providers.ollama.client.READ_TIMEOUT", 0.2)
    ollama.pace = 5
    with pytest.raises(errors.ProviderSlow):
        answer()


def test_another_server_at_the_address_is_an_error(ollama: OllamaStandIn) -> None:
    ollama.broken_json = True
    with pytest.raises(errors.ProviderDown, match="OLLAMA_BASE_URL"):
        answer()
    with pytest.raises(errors.ProviderDown, match="OLLAMA_BASE_URL"):
        Ollama().models()


def test_redirects_are_not_followed(ollama: OllamaStandIn) -> None:
    with OllamaStandIn() as elsewhere:
        ollama.redirect_to = f"{elsewhere.url}/api/chat"
        with pytest.raises(errors.ProviderDown):
            answer()
        assert elsewhere.calls == []


def test_embedding_models_are_not_listed_for_chat(ollama: OllamaStandIn) -> None:
    ollama.models = ["nomic-embed-text:latest", "all-minilm-embed:latest", "llama3.2:latest", "qwen3:8b"]
    assert [(model.model, model.label) for model in Ollama().models()] == [
        ("llama3.2:latest", "llama3.2"),
        ("qwen3:8b", "qwen3:8b"),
    ]


def test_a_model_that_is_listed_with_and_without_its_tag_is_one_model(ollama: OllamaStandIn) -> None:
    ollama.models = ["tutor", "tutor:latest", "qwen3:8b"]
    assert [model.label for model in Ollama().models()] == ["tutor", "qwen3:8b"]


@pytest.mark.parametrize("name", ["tutor", "tutor:latest"])
def test_the_operator_may_name_the_default_model_with_and_without_its_tag(
    ollama: OllamaStandIn, settings: Settings, name: str
) -> None:
    ollama.models = ["llama3.2:latest", "tutor:latest"]
    settings.OLLAMA_CHAT_MODEL = name
    assert Ollama().models()[0].model == "tutor:latest"


def test_the_operators_choice_comes_first_and_is_the_default(ollama: OllamaStandIn, settings: Settings) -> None:
    ollama.models = ["llama3.2:latest", "qwen3:8b"]
    settings.OLLAMA_CHAT_MODEL = "qwen3:8b"
    assert Ollama().models()[0].model == "qwen3:8b"
    answer("")
    assert ollama.calls[-1].body["model"] == "qwen3:8b"


def test_a_server_without_chat_models_says_what_to_pull(ollama: OllamaStandIn) -> None:
    ollama.models = ["nomic-embed-text:latest"]
    with pytest.raises(errors.ModelMissing, match="ollama pull"):
        answer("")
