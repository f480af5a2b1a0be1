"""Claude by the anthropic SDK; with the person's own key, and no error or type of the SDK gets out."""

from collections.abc import Generator, Iterator
from typing import Literal

import anthropic
from anthropic.types import MessageParam, OutputConfigParam, RawMessageStreamEvent, TextBlockParam
from django.conf import settings

from providers.claude.connections import connections
from providers.claude.errors import domain_words, error_for_stop
from providers.errors import ModelMissing, StreamBroken
from providers.models import ProviderName
from providers.prompting.messages import newest_message, turns_so_far
from providers.prompting.structured_output import read_as
from providers.types import ModelInfo, Prompt, Shape

LONGEST_ANSWER = 16_000  # tokens, with thinking where the model thinks
CONNECT = 5.0  # seconds
SILENCE = 90.0  # between two events; the API pings in between, also while it thinks
LIST = 4.0


class Claude:
    name = ProviderName.CLAUDE.value

    def __init__(self, key: str) -> None:
        self._key = key

    def stream(self, *, prompt: Prompt, model: str) -> Generator[str]:
        yield from self._answer(prompt, model, {})

    def structured(self, *, prompt: Prompt, schema: type[Shape], model: str) -> Shape:
        # Streamed like any answer: a long one would outlast every timeout otherwise.
        form = anthropic.transform_schema(schema)
        wanted: OutputConfigParam = {"format": {"type": "json_schema", "schema": form}}
        return read_as(schema, "".join(self._answer(prompt, model, wanted)))

    def models(self) -> list[ModelInfo]:
        """Newest first, as the API lists them. It costs nothing, so it also proves a key."""
        with domain_words():
            listed = self._client().models.list(limit=100, timeout=LIST).data
            return [ModelInfo(self.name, entry.id, entry.display_name, available=True) for entry in listed]

    def _answer(self, prompt: Prompt, model: str, output: OutputConfigParam) -> Iterator[str]:
        model = model or self._first_model()
        with (
            domain_words(model),
            self._client().messages.create(
                model=model,
                max_tokens=LONGEST_ANSWER,
                system=_system(prompt),
                messages=_messages(prompt),
                output_config=output or anthropic.omit,
                stream=True,
            ) as events,
        ):
            yield from _pieces(events)

    def _first_model(self) -> str:
        offers = self.models()
        if not offers:
            raise ModelMissing
        return offers[0].model

    def _client(self) -> anthropic.Anthropic:
        # The SDK would obey any `retry-after`, be it an hour: the person has a Retry of their own.
        return anthropic.Anthropic(
            api_key=self._key,
            base_url=settings.ANTHROPIC_BASE_URL,
            http_client=connections(),
            timeout=anthropic.Timeout(SILENCE, connect=CONNECT),
            max_retries=0,
            open_telemetry=False,
        )


def _system(prompt: Prompt) -> list[TextBlockParam]:
    return [_stable(prompt.system)] if prompt.system else []


def _messages(prompt: Prompt) -> list[MessageParam]:
    """The cache ends with the last turn that will be there unchanged in the next request."""
    earlier = turns_so_far(prompt)
    messages = [_said(turn.role, [_text(turn.content)]) for turn in earlier[:-1]]
    for turn in earlier[-1:]:
        messages.append(_said(turn.role, [_stable(turn.content)]))
    return [*messages, _said("user", [_text(part) for part in newest_message(prompt)])]


def _said(role: Literal["user", "assistant"], parts: list[TextBlockParam]) -> MessageParam:
    if role == "user":
        return {"role": "user", "content": parts}
    return {"role": "assistant", "content": parts}


def _text(text: str) -> TextBlockParam:
    return {"type": "text", "text": text}


def _stable(text: str) -> TextBlockParam:
    """The end of a part of the request that stays the same: the API caches up to here."""
    return {"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}


def _pieces(events: "anthropic.Stream[RawMessageStreamEvent]") -> Iterator[str]:
    stop: str | None = None
    for event in events:
        if event.type == "content_block_delta" and event.delta.type == "text_delta":
            yield event.delta.text
        elif event.type == "message_delta":
            stop = event.delta.stop_reason
    if stop is None:
        raise StreamBroken
    if error := error_for_stop(stop):
        raise error
