"""Ollama over its HTTP API: NDJSON streams, JSON by schema, the list of pulled models."""

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import requests
from django.conf import settings
from pydantic import BaseModel
from urllib3.exceptions import ReadTimeoutError

from providers.errors import AnswerCutShort, ProviderSlow, StreamBroken
from providers.models import ProviderName
from providers.ollama.errors import error_for, error_in_stream, no_chat_model, not_answering, not_ollama
from providers.ollama.names import full_name, is_same_model, short_name
from providers.prompting.messages import earlier_turns, newest_message
from providers.prompting.structured_output import parse_answer
from providers.types import ModelInfo, Prompt, StructuredAnswer

# Timeouts in seconds; a pair is one to connect and one for each read.
CONNECT_TIMEOUT = 3.0
READ_TIMEOUT = 120.0  # the first call after an idle time loads the model
LIST_TIMEOUT = (0.5, 1.5)


class Ollama:
    """The server at OLLAMA_BASE_URL. Only the operator sets that address, and redirects are not followed."""

    name = ProviderName.OLLAMA.value

    def __init__(self, *, list_timeout: tuple[float, float] = LIST_TIMEOUT) -> None:
        self._list_timeout = list_timeout

    def stream(self, *, prompt: Prompt, model: str) -> Generator[str]:
        yield from self._chat(prompt, model or self._first_model(), {})

    def structured(self, *, prompt: Prompt, schema: type[StructuredAnswer], model: str) -> StructuredAnswer:
        return parse_answer(schema, "".join(self.stream_json(prompt=prompt, schema=schema, model=model)))

    def stream_json(self, *, prompt: Prompt, schema: type[BaseModel], model: str) -> Generator[str]:
        options = {"format": schema.model_json_schema(), "options": {"temperature": 0}}
        yield from self._chat(prompt, model or self._first_model(), options)

    def models(self) -> list[ModelInfo]:
        with _translate_errors(), _call("GET", "/api/tags", timeout=self._list_timeout) as response:
            _check(response, "")
            listed = [entry["name"] for entry in response.json().get("models", []) if _can_chat(entry)]
        names = list({full_name(name): name for name in listed}.values())
        # The first model is the default, so the operator's choice comes first.
        names.sort(key=lambda name: not is_same_model(name, settings.OLLAMA_CHAT_MODEL))
        return [ModelInfo(self.name, name, short_name(name), available=True) for name in names]

    def _first_model(self) -> str:
        models = self.models()
        if not models:
            raise no_chat_model()
        return models[0].model

    def _chat(self, prompt: Prompt, model: str, options: dict[str, Any]) -> Iterator[str]:
        body = {"model": model, "messages": _messages(prompt), "stream": True, **options}
        with (
            _translate_errors(),
            _call("POST", "/api/chat", json=body, timeout=(CONNECT_TIMEOUT, READ_TIMEOUT)) as response,
        ):
            _check(response, model)
            yield from _pieces(response, model)


def _messages(prompt: Prompt) -> list[dict[str, str]]:
    system = [{"role": "system", "content": prompt.system}] if prompt.system else []
    earlier = [{"role": turn.role, "content": turn.content} for turn in earlier_turns(prompt)]
    return [*system, *earlier, {"role": "user", "content": "\n\n".join(newest_message(prompt))}]


def _call(method: str, path: str, *, timeout: tuple[float, float], json: Any = None) -> requests.Response:
    address = settings.OLLAMA_BASE_URL.rstrip("/") + path
    return requests.request(method, address, json=json, timeout=timeout, stream=True, allow_redirects=False)


def _check(response: requests.Response, model: str) -> None:
    if response.status_code != requests.codes.ok:
        raise error_for(response.status_code, _error_text(response), model)


def _error_text(response: requests.Response) -> str:
    try:
        return str(response.json().get("error", ""))
    except (ValueError, AttributeError):
        return ""


def _pieces(response: requests.Response, model: str) -> Generator[str]:
    """The text of an NDJSON stream. Thinking comes first, in events with empty content, and is left out."""
    for line in response.iter_lines():
        if not line:
            continue
        event = json.loads(line)
        if "error" in event:
            raise error_in_stream(str(event["error"]), model)
        if text := event.get("message", {}).get("content"):
            yield text
        if event.get("done"):
            if event.get("done_reason") == "length":
                raise AnswerCutShort
            return
    # A stream that ends without `done` was cut off.
    raise StreamBroken


@contextmanager
def _translate_errors() -> Iterator[None]:
    try:
        yield
    except requests.Timeout as error:
        raise not_answering() if isinstance(error, requests.ConnectTimeout) else ProviderSlow() from None
    except requests.exceptions.ChunkedEncodingError:
        raise StreamBroken from None
    except requests.ConnectionError as error:
        # While a stream is read, requests wraps a read timeout in a ConnectionError.
        slow = bool(error.args) and isinstance(error.args[0], ReadTimeoutError)
        raise ProviderSlow() if slow else not_answering() from None
    except (requests.RequestException, ValueError, AttributeError, KeyError, TypeError):
        # The response is not Ollama's, but that of another server or a proxy.
        raise not_ollama() from None


def _can_chat(entry: dict[str, Any]) -> bool:
    """Older servers do not list capabilities, so their embedding models are recognized by name and family."""
    if "capabilities" in entry:
        return "completion" in entry["capabilities"]
    family = entry.get("details", {}).get("family") or ""
    name = entry["name"]
    return "embed" not in name and "bert" not in family and not is_same_model(name, settings.OLLAMA_EMBED_MODEL)
