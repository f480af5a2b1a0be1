"""Ollama over its HTTP API: NDJSON streams, JSON by schema, the list of pulled models."""

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import requests
from django.conf import settings
from urllib3.exceptions import ReadTimeoutError

from providers.errors import AnswerCutShort, ProviderSlow, StreamBroken
from providers.models import ProviderName
from providers.ollama.errors import error_for, error_in_stream, not_answering, not_ollama, nothing_pulled
from providers.prompting.messages import newest_message, turns_so_far
from providers.prompting.structured_output import read_as
from providers.types import ModelInfo, Prompt, Shape

CONNECT = 3.0  # seconds
FIRST_BYTE = 120.0  # the first call after idle loads the model
LIST = (0.5, 1.5)


class Ollama:
    """The server at OLLAMA_BASE_URL; nobody but the operator says where that is, and redirects are not followed."""

    name = ProviderName.OLLAMA.value

    def stream(self, *, prompt: Prompt, model: str) -> Generator[str]:
        yield from self._chat(prompt, model or self._first_model(), {})

    def structured(self, *, prompt: Prompt, schema: type[Shape], model: str) -> Shape:
        wanted = {"format": schema.model_json_schema(), "options": {"temperature": 0}}
        return read_as(schema, "".join(self._chat(prompt, model or self._first_model(), wanted)))

    def models(self) -> list[ModelInfo]:
        with _domain_words(), _call("GET", "/api/tags", timeout=LIST) as response:
            _check(response, "")
            found = [entry for entry in response.json().get("models", []) if _can_chat(entry)]
        offers = [ModelInfo(self.name, entry["name"], _label(entry["name"]), available=True) for entry in found]
        # The operator's own choice leads the list, so it is the default.
        offers.sort(key=lambda offer: not _is_named(offer.model, settings.OLLAMA_CHAT_MODEL))
        return offers

    def _first_model(self) -> str:
        offers = self.models()
        if not offers:
            raise nothing_pulled()
        return offers[0].model

    def _chat(self, prompt: Prompt, model: str, more: dict[str, Any]) -> Iterator[str]:
        body = {"model": model, "messages": _messages(prompt), "stream": True, **more}
        with _domain_words(), _call("POST", "/api/chat", json=body, timeout=(CONNECT, FIRST_BYTE)) as response:
            _check(response, model)
            yield from _pieces(response, model)


def _messages(prompt: Prompt) -> list[dict[str, str]]:
    system = [{"role": "system", "content": prompt.system}] if prompt.system else []
    earlier = [{"role": turn.role, "content": turn.content} for turn in turns_so_far(prompt)]
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
    """The text of an NDJSON stream. Thinking comes first, with empty content, and is left out."""
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
    # A stream that just ends without `done` has failed.
    raise StreamBroken


@contextmanager
def _domain_words() -> Iterator[None]:
    try:
        yield
    except requests.Timeout as error:
        raise not_answering() if isinstance(error, requests.ConnectTimeout) else ProviderSlow() from None
    except requests.exceptions.ChunkedEncodingError:
        raise StreamBroken from None
    except requests.ConnectionError as error:
        # In mid-stream, requests wraps a read timeout in a ConnectionError.
        slow = bool(error.args) and isinstance(error.args[0], ReadTimeoutError)
        raise ProviderSlow() if slow else not_answering() from None
    except (requests.RequestException, ValueError, AttributeError, KeyError, TypeError):
        # Not what Ollama says: another server, or a proxy's error page.
        raise not_ollama() from None


def _can_chat(entry: dict[str, Any]) -> bool:
    if "capabilities" in entry:
        return "completion" in entry["capabilities"]
    family = entry.get("details", {}).get("family") or ""
    name = entry["name"]
    return "embed" not in name and "bert" not in family and not _is_named(name, settings.OLLAMA_EMBED_MODEL)


def _is_named(listed: str, name: str) -> bool:
    return bool(name) and listed in (name, f"{name}:latest")


def _label(name: str) -> str:
    return name.removesuffix(":latest")
