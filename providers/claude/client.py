"""Claude through the anthropic SDK, with the user's own key. No error or type of the SDK leaves this package."""

from collections.abc import Generator, Iterator
from typing import Literal

import anthropic
from anthropic.types import MessageParam, OutputConfigParam, RawMessageStreamEvent, TextBlockParam
from django.conf import settings
from pydantic import BaseModel

from providers.claude.connections import connections
from providers.claude.errors import error_for_stop, translate_errors
from providers.errors import ModelMissing, StreamBroken
from providers.models import ProviderName
from providers.prompting.messages import earlier_turns, newest_message
from providers.prompting.structured_output import parse_answer
from providers.types import ModelInfo, Prompt, StructuredAnswer

MAX_ANSWER_TOKENS = 16_000  # including the thinking of models that think
# Timeouts in seconds.
CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 90.0  # between two events; the API sends pings even while the model thinks
LIST_TIMEOUT = 4.0


class Claude:
    name = ProviderName.CLAUDE.value

    def __init__(self, key: str) -> None:
        self._key = key

    def stream(self, *, prompt: Prompt, model: str) -> Generator[str]:
        yield from self._answer(prompt, model, {})

    def structured(self, *, prompt: Prompt, schema: type[StructuredAnswer], model: str) -> StructuredAnswer:
        # Streamed, because a long answer in one piece would exceed the timeouts.
        return parse_answer(schema, "".join(self.stream_json(prompt=prompt, schema=schema, model=model)))

    def stream_json(self, *, prompt: Prompt, schema: type[BaseModel], model: str) -> Generator[str]:
        json_schema = anthropic.transform_schema(schema)
        yield from self._answer(prompt, model, {"format": {"type": "json_schema", "schema": json_schema}})

    def models(self) -> list[ModelInfo]:
        """Newest first, as the API lists them. The request is free of charge, so it also serves to check a key."""
        with translate_errors():
            listed = self._client().models.list(limit=100, timeout=LIST_TIMEOUT).data
            return [ModelInfo(self.name, entry.id, entry.display_name, available=True) for entry in listed]

    def _answer(self, prompt: Prompt, model: str, output: OutputConfigParam) -> Iterator[str]:
        model = model or self._first_model()
        with (
            translate_errors(model),
            self._client().messages.create(
                model=model,
                max_tokens=MAX_ANSWER_TOKENS,
                system=_system(prompt),
                messages=_messages(prompt),
                output_config=output or anthropic.omit,
                stream=True,
            ) as events,
        ):
            yield from _pieces(events)

    def _first_model(self) -> str:
        models = self.models()
        if not models:
            raise ModelMissing
        return models[0].model

    def _client(self) -> anthropic.Anthropic:
        # No retries: the SDK would obey any `retry-after`, even an hour, and the page has its own Retry button.
        return anthropic.Anthropic(
            api_key=self._key,
            base_url=settings.ANTHROPIC_BASE_URL,
            http_client=connections(),
            timeout=anthropic.Timeout(READ_TIMEOUT, connect=CONNECT_TIMEOUT),
            max_retries=0,
            open_telemetry=False,
        )


def _system(prompt: Prompt) -> list[TextBlockParam]:
    return [_cached(prompt.system)] if prompt.system else []


def _messages(prompt: Prompt) -> list[MessageParam]:
    """Cached up to the newest message: the next request repeats the turns before it unchanged."""
    earlier = earlier_turns(prompt)
    messages = [_message(turn.role, [_text(turn.content)]) for turn in earlier[:-1]]
    for turn in earlier[-1:]:
        messages.append(_message(turn.role, [_cached(turn.content)]))
    return [*messages, _message("user", [_text(part) for part in newest_message(prompt)])]


def _message(role: Literal["user", "assistant"], parts: list[TextBlockParam]) -> MessageParam:
    if role == "user":
        return {"role": "user", "content": parts}
    return {"role": "assistant", "content": parts}


def _text(text: str) -> TextBlockParam:
    return {"type": "text", "text": text}


def _cached(text: str) -> TextBlockParam:
    """The API caches the request up to the end of this block."""
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
