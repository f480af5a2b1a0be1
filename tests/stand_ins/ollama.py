"""A stand-in for an Ollama server. It speaks Ollama's protocol over a real socket, and each failure has a switch."""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from tests.stand_ins.serving import Call, Response, StandIn, run
from tests.stand_ins.vectors import embed

CREATED = "2026-08-01T12:00:00.000000Z"
CHAT_MODEL = "llama3.2:latest"
EMBED_MODEL = "nomic-embed-text:latest"
CARDS = '{"cards": [{"kind": "basic", "question": "What makes ATP?", "answer": "Mitochondria."}]}'
FAMILIES = {CHAT_MODEL: "llama", EMBED_MODEL: "nomic-bert"}


@dataclass
class OllamaStandIn(StandIn):
    """`status` and `error`: every model call fails with them. `bad_text`: a batch with this text in it is a 400.

    `per_text`: the seconds that each embedding takes. `vector_fault`: "nan" for vectors that are not numbers, "cut" for
    a connection that ends without an answer, "trickle" for an answer that comes byte by byte. `fail_after`: a chat
    stream ends with an error line after this many pieces. `done_reason`: "length" for an answer that was cut off.
    `structured_replies`: JSON answers to give before `structured_reply`, one each.
    """

    models: list[str] = field(default_factory=lambda: [CHAT_MODEL, EMBED_MODEL])
    reply: str = "Mitochondria make ATP from sugar and oxygen."
    structured_reply: str = CARDS
    structured_replies: list[str] = field(default_factory=list)
    thinking: str = ""
    done_reason: str = "stop"
    width: int = 768
    status: int = 0
    error: str = "something went wrong"
    bad_text: str = ""
    per_text: float = 0.0
    vector_fault: str = ""
    fail_after: int | None = None

    switches: ClassVar[tuple[str, ...]] = (
        *StandIn.switches,
        *("models", "reply", "structured_reply", "structured_replies", "thinking", "done_reason", "width"),
        *("status", "error", "bad_text", "per_text", "vector_fault", "fail_after"),
    )

    def respond(self, call: Call, response: Response) -> None:
        routes = {
            "/api/version": lambda: response.json({"version": "0.14.2"}),
            "/api/tags": lambda: response.json({"models": [_listed(name) for name in self.models]}),
            "/api/ps": lambda: response.json({"models": [_listed(name) for name in self.models[:1]]}),
            "/api/chat": lambda: self._model_call(call, response, self._chat),
            "/api/embed": lambda: self._model_call(call, response, self._embed),
            "/api/pull": lambda: self._pull(call, response),
        }
        route = routes.get(call.path)
        if route is None:
            response.raw(b"404 page not found", status=404)
        else:
            route()

    def _model_call(self, call: Call, response: Response, endpoint: Any) -> None:
        if self.status:
            response.json({"error": self.error}, status=self.status)
        elif _tagged(call.body["model"]) not in self.models:
            response.json({"error": f"model '{call.body['model']}' not found"}, status=404)
        else:
            endpoint(call.body, response)

    def _chat(self, body: dict[str, Any], response: Response) -> None:
        lines = list(self._lines(body["model"], self._structured() if body.get("format") else self.reply))
        if body.get("stream", True):
            pieces = (json.dumps(line).encode() + b"\n" for line in self._failing(lines))
            return response.stream(pieces, content_type="application/x-ndjson")
        text = "".join(line["message"]["content"] for line in lines)
        return response.json({**lines[-1], "message": {"role": "assistant", "content": text}})

    def _structured(self) -> str:
        return self.structured_replies.pop(0) if self.structured_replies else self.structured_reply

    def _lines(self, model: str, text: str) -> Iterator[dict[str, Any]]:
        def line(**message: str) -> dict[str, Any]:
            full_message = {"role": "assistant", "content": "", **message}
            return {"model": model, "created_at": CREATED, "message": full_message, "done": False}

        for piece in _pieces(self.thinking):
            yield line(thinking=piece)
        for piece in _pieces(text):
            yield line(content=piece)
        counts = {"total_duration": 9, "load_duration": 1, "prompt_eval_count": 5, "eval_count": 7, "eval_duration": 8}
        yield {**line(), "done": True, "done_reason": self.done_reason, **counts}

    def _failing(self, lines: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for number, line in enumerate(lines):
            if number == self.fail_after:
                yield {"error": self.error}
                return
            yield line

    def _embed(self, body: dict[str, Any], response: Response) -> None:
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        if self.bad_text and any(self.bad_text in text for text in texts):
            return response.json({"error": "the input length exceeds the context length"}, status=400)
        self.wait(self.first_after + self.per_text * len(texts))
        if self.vector_fault in ("cut", "trickle"):
            return response.break_off(slowly=self.vector_fault == "trickle")
        vectors = [embed(text, self.width) for text in texts]
        if self.vector_fault == "nan":
            vectors = [[math.nan] * self.width for _ in texts]
        return response.json(
            {"model": body["model"], "embeddings": vectors, "total_duration": 9, "prompt_eval_count": 5}
        )

    def _pull(self, call: Call, response: Response) -> None:
        name = _tagged(call.body["model"])
        # Before the answer: its last state tells the client that the model is there.
        if name not in self.models:
            self.models.append(name)
        total = 1_000_000
        states: list[dict[str, Any]] = [{"status": "pulling manifest"}]
        states += [
            {"status": "pulling 970aa74c0a90", "total": total, "completed": done} for done in (0, total // 2, total)
        ]
        states += [{"status": "verifying sha256 digest"}, {"status": "writing manifest"}, {"status": "success"}]
        response.stream((json.dumps(state).encode() + b"\n" for state in states), content_type="application/x-ndjson")


def _pieces(text: str) -> list[str]:
    return re.findall(r"\s*\S+\s*", text)


def _tagged(name: str) -> str:
    return name if ":" in name else f"{name}:latest"


def _listed(name: str) -> dict[str, Any]:
    family = FAMILIES.get(name, "nomic-bert" if "embed" in name else "llama")
    details = {"format": "gguf", "family": family, "families": [family], "parameter_size": "3.2B"}
    return {
        "name": name,
        "model": name,
        "modified_at": CREATED,
        "size": 2_019_393_189,
        "digest": "0",
        "details": details,
    }


if __name__ == "__main__":
    run(lambda port: OllamaStandIn(port=port))
