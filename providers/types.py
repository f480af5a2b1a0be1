"""The values that go to a model and come back from it, the same for every provider."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from pydantic import BaseModel, Field

StructuredAnswer = TypeVar("StructuredAnswer", bound=BaseModel)


@dataclass(frozen=True)
class Turn:
    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True)
class Extract:
    """A piece of retrieved text, cited as [number]. It is data: the model must not follow instructions in it.

    `fading`: a flashcard that the user is forgetting. The page offers a quiz on it below the answer.
    """

    number: int
    title: str
    text: str
    fading: bool = False


@dataclass(frozen=True)
class Prompt:
    """`system` is trusted. Quoted as data are `extracts` (retrieved context), `material` (the source of cards) and
    `goal` (what the conversation is about).
    """

    system: str
    turns: tuple[Turn, ...]
    extracts: tuple[Extract, ...] = ()
    material: str = ""
    goal: str = ""


@dataclass(frozen=True)
class ModelInfo:
    """One entry of the model picker; if it is not `available`, `detail` says what to do."""

    provider: str
    model: str
    label: str
    available: bool
    detail: str = ""


@dataclass(frozen=True)
class ProviderStatus:
    """`needed`: the server is configured to use this provider, or conversations use it."""

    provider: str
    needed: bool
    available: bool
    detail: str = ""


class CardProposal(BaseModel):
    # No docstring: it would become part of the schema that is sent to the model.
    kind: Literal["basic", "reverse", "cloze"] = Field(
        description="basic: question and answer. reverse: asked both ways. cloze: a sentence with {{c1::gaps}}."
    )
    question: str = Field(description="For a cloze, the whole sentence with {{c1::the hidden words}}.")
    answer: str = Field(description="For a cloze, the hidden words or a short remark.")


class CardProposals(BaseModel):
    cards: list[CardProposal]


# In the material of a request for a skill tree: what follows is not to be made into skills.
CONTEXT_LINE = "Context of this request:"


class SubskillProposal(BaseModel):
    title: str = Field(description="A few words.")
    description: str = Field(description="What someone with this skill can do, in one sentence.")
    requires: list[str] = Field(description="Titles of skills of this tree to learn before; mostly empty.")


class SkillProposal(SubskillProposal):
    skills: list[SubskillProposal] = Field(description="0 to 4 parts of a large skill.")


class BranchProposal(SubskillProposal):
    skills: list[SkillProposal] = Field(description="2 to 5 skills.")


class TreeProposal(BaseModel):
    branches: list[BranchProposal] = Field(description="3 to 6 branches, in the order to learn them.")


class Provider(Protocol):
    """Each method raises only `ProviderError`, never an error of the client library it uses."""

    name: str

    def stream(self, *, prompt: Prompt, model: str) -> Generator[str]:
        """The answer piece by piece; may raise in the middle. Closing the iterator closes the connection."""
        ...

    def structured(self, *, prompt: Prompt, schema: type[StructuredAnswer], model: str) -> StructuredAnswer:
        """The whole answer as one object of `schema`."""
        ...

    def stream_json(self, *, prompt: Prompt, schema: type[BaseModel], model: str) -> Generator[str]:
        """The answer piece by piece, as JSON that the model was told to write by `schema`. Nobody has checked it."""
        ...

    def models(self) -> list[ModelInfo]:
        """The models that can be chosen now; takes at most a few seconds."""
        ...
