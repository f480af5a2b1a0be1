"""What goes to a model and comes back: plain values, the same for every provider."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from pydantic import BaseModel

Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True)
class Turn:
    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True)
class Extract:
    """A piece of remembered text, cited as [number]. It is data: whatever it says, it instructs nobody."""

    number: int
    title: str
    text: str


@dataclass(frozen=True)
class Prompt:
    """`system` is ours and trusted; `extracts` (memory) and `material` (text to make cards of) are quoted data."""

    system: str
    turns: tuple[Turn, ...]
    extracts: tuple[Extract, ...] = ()
    material: str = ""


@dataclass(frozen=True)
class ModelInfo:
    """One line of the model picker; when not `available`, `detail` says what to do."""

    provider: str
    model: str
    label: str
    available: bool
    detail: str = ""


class Provider(Protocol):
    """Each method raises a `ProviderError`; no error of a vendor's library gets out."""

    name: str

    def stream(self, *, prompt: Prompt, model: str) -> Generator[str]:
        """The answer piece by piece; may raise in mid-stream. Closing the iterator closes the connection."""
        ...

    def structured(self, *, prompt: Prompt, schema: type[Shape], model: str) -> Shape:
        """The whole answer as one object of `schema`."""
        ...

    def models(self) -> list[ModelInfo]:
        """What can be chosen now; bounded to a few seconds."""
        ...
