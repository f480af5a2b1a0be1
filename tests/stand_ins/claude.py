"""A stand-in for the Claude API. It speaks the API's protocol over a real socket, and each failure has a switch."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import urlsplit

from tests.stand_ins.serving import Call, Response, StandIn, run

GOOD_KEY = "sk-ant-stand-in-0123456789"
CARDS = '{"cards": [{"kind": "basic", "question": "What makes ATP?", "answer": "Mitochondria."}]}'
MODELS = {"claude-standin-5": "Claude Standin 5", "claude-standin-4-mini": "Claude Standin 4 Mini"}
STATUS = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
USAGE = {"input_tokens": 25, "output_tokens": 1, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}


@dataclass
class ClaudeStandIn(StandIn):
    """`error`: every call fails with this error type, and with the header `retry_after` if that is set.

    `fail_after`: a stream ends with an `error` event of type `stream_error` after this many events.
    `stop_reason`: how an answer ends. `quotes_key`: error messages contain the key, as a careless proxy's might.
    """

    key: str = GOOD_KEY
    models: dict[str, str] = field(default_factory=lambda: dict(MODELS))
    reply: str = "Mitochondria make ATP from sugar and oxygen."
    structured_reply: str = CARDS
    thinking: str = ""
    stop_reason: str = "end_turn"
    error: str = ""
    retry_after: str = ""
    fail_after: int | None = None
    stream_error: str = "overloaded_error"
    quotes_key: bool = False

    switches: ClassVar[tuple[str, ...]] = (
        *StandIn.switches,
        *("key", "models", "reply", "structured_reply", "thinking", "stop_reason"),
        *("error", "retry_after", "fail_after", "stream_error", "quotes_key"),
    )

    def respond(self, call: Call, response: Response) -> None:
        if self.error:
            return self._fail(response, self.error, call)
        if call.headers.get("Authorization") != f"Bearer {self.key}":
            return self._fail(response, "authentication_error", call)
        path = urlsplit(call.path).path
        if path == "/v1/models":
            return self._models(response)
        if path == "/v1/messages" and call.body["model"] in self.models:
            return self._message(call.body, response)
        return self._fail(response, "not_found_error", call)

    def _fail(self, response: Response, kind: str, call: Call) -> None:
        message = f"Failed for {call.headers.get('Authorization')}" if self.quotes_key else "Failed."
        headers = {"request-id": "req_standin"} | ({"retry-after": self.retry_after} if self.retry_after else {})
        response.json(_error(kind, message), status=STATUS[kind], headers=headers)

    def _models(self, response: Response) -> None:
        listed = [
            {"type": "model", "id": name, "display_name": label, "created_at": "2026-06-01T00:00:00Z"}
            | {"lifecycle": "active", "max_tokens": 64_000}
            for name, label in self.models.items()
        ]
        ends = {"first_id": listed[0]["id"], "last_id": listed[-1]["id"]} if listed else {}
        response.json({"data": listed, "has_more": False, **ends})

    def _message(self, body: dict[str, Any], response: Response) -> None:
        text = self.structured_reply if "format" in (body.get("output_config") or {}) else self.reply
        if not body.get("stream"):
            content = [{"type": "text", "text": text}]
            return response.json(_message(body["model"], content=content, stop_reason=self.stop_reason))
        pieces = (_sse(event) for event in self._failing(self._events(body["model"], text)))
        return response.stream(pieces, content_type="text/event-stream", headers={"request-id": "req_standin"})

    def _events(self, model: str, text: str) -> Iterator[dict[str, Any]]:
        yield {"type": "message_start", "message": _message(model)}
        yield {"type": "ping"}
        if self.thinking:
            yield from _block(0, {"type": "thinking", "thinking": "", "signature": ""}, _thinking(self.thinking))
        start = {"type": "text", "text": ""}
        deltas = [{"type": "text_delta", "text": piece} for piece in re.findall(r"\s*\S+\s*", text)]
        yield from _block(1 if self.thinking else 0, start, deltas)
        stop = {"stop_reason": self.stop_reason, "stop_sequence": None}
        yield {"type": "message_delta", "delta": stop, "usage": {"output_tokens": len(deltas)}}
        yield {"type": "message_stop"}

    def _failing(self, events: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for number, event in enumerate(events):
            if number == self.fail_after:
                yield _error(self.stream_error, "Failed.")
                return
            yield event


def _block(index: int, start: dict[str, Any], deltas: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield {"type": "content_block_start", "index": index, "content_block": start}
    for delta in deltas:
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def _thinking(text: str) -> list[dict[str, Any]]:
    return [{"type": "thinking_delta", "thinking": text}, {"type": "signature_delta", "signature": "c2ln"}]


def _message(model: str, *, content: list[Any] | None = None, stop_reason: str | None = None) -> dict[str, Any]:
    head = {"id": "msg_standin", "type": "message", "role": "assistant", "model": model}
    return head | {"content": content or [], "stop_reason": stop_reason, "stop_sequence": None, "usage": USAGE}


def _error(kind: str, message: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_standin"}


def _sse(event: dict[str, Any]) -> bytes:
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


if __name__ == "__main__":
    run(lambda port: ClaudeStandIn(port=port))
