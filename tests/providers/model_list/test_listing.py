from time import perf_counter

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from providers.gateway import cached_models, default_choice, list_models
from providers.services import store_key, validate_key
from tests.stand_ins.claude import GOOD_KEY, ClaudeStandIn
from tests.stand_ins.ollama import OllamaStandIn
from tests.waiting import wait_until


def with_key(owner: User, key: str = GOOD_KEY) -> None:
    store_key(owner=owner, provider="claude", key=key)
    validate_key(owner=owner, provider="claude")


def test_all_that_answers_is_offered(alice: User, claude: ClaudeStandIn, ollama: OllamaStandIn) -> None:
    with_key(alice)
    offered = [(offer.provider, offer.model) for offer in list_models(owner=alice) if offer.available]
    assert offered == [
        ("claude", "claude-standin-5"),
        ("claude", "claude-standin-4-mini"),
        ("ollama", "llama3.2:latest"),
        ("builtin", "tutor"),
    ]


def test_what_does_not_answer_says_what_to_do(alice: User, ollama: OllamaStandIn) -> None:
    ollama.down()
    claude, ollama_offer, tutor = list_models(owner=alice)
    assert (claude.available, "Keys for models" in claude.detail) == (False, True)
    assert (ollama_offer.available, "ollama serve" in ollama_offer.detail) == (False, True)
    assert tutor.available


def test_one_persons_key_offers_nothing_to_another(
    alice: User, mallory: User, claude: ClaudeStandIn, ollama: OllamaStandIn
) -> None:
    with_key(alice)
    list_models(owner=alice)
    assert "claude" not in {offer.provider for offer in list_models(owner=mallory) if offer.available}


def test_a_new_key_is_asked_about_at_once(alice: User, claude: ClaudeStandIn, ollama: OllamaStandIn) -> None:
    with_key(alice, "sk-ant-wrong")
    assert not list_models(owner=alice)[0].available
    with_key(alice)
    assert list_models(owner=alice)[0].available


def test_a_hanging_server_holds_up_no_page(alice: User, ollama: OllamaStandIn) -> None:
    ollama.hanging = True
    offers = cached_models(owner=alice)
    assert offers[-1].available
    assert "Asking" in offers[1].detail


def test_the_list_itself_waits_two_seconds_at_most(alice: User, ollama: OllamaStandIn) -> None:
    ollama.hanging = True
    start = perf_counter()
    list_models(owner=alice)
    assert perf_counter() - start < 10, "the server would hang for as long as it is asked"


def test_what_was_asked_for_in_the_background_is_known_soon(alice: User, ollama: OllamaStandIn) -> None:
    assert wait_until(
        lambda: [offer for offer in cached_models(owner=alice) if offer.provider == "ollama" and offer.model]
    )


def test_claude_is_the_default_with_a_key_that_works(alice: User, claude: ClaudeStandIn, ollama: OllamaStandIn) -> None:
    with_key(alice)
    assert default_choice(owner=alice)[0] == "claude"
    list_models(owner=alice)
    assert default_choice(owner=alice) == ("claude", "claude-standin-5")


def test_a_refused_key_is_no_default(alice: User, claude: ClaudeStandIn, ollama: OllamaStandIn) -> None:
    with_key(alice, "sk-ant-wrong")
    assert default_choice(owner=alice) == ("ollama", "llama3.2:latest")


def test_ollama_is_the_default_when_it_has_a_chat_model(alice: User, ollama: OllamaStandIn, settings: Settings) -> None:
    ollama.models = ["nomic-embed-text:latest", "llama3.2:latest", "qwen3:8b"]
    settings.OLLAMA_CHAT_MODEL = "qwen3:8b"
    assert default_choice(owner=alice) == ("ollama", "qwen3:8b")


@pytest.mark.parametrize("trouble", ["down", "hanging", "no models"])
def test_else_the_tutor_is_the_default(alice: User, ollama: OllamaStandIn, trouble: str) -> None:
    if trouble == "down":
        ollama.down()
    ollama.hanging = trouble == "hanging"
    ollama.models = []
    assert default_choice(owner=alice) == ("builtin", "tutor")


def test_a_default_that_is_known_costs_one_query_and_no_call(
    alice: User, ollama: OllamaStandIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    default_choice(owner=alice)
    calls = len(ollama.calls)
    with django_assert_num_queries(1):
        default_choice(owner=alice)
    assert len(ollama.calls) == calls
