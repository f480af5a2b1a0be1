"""The built-in tutor, which needs no language model and no server. It quotes and never invents."""

import re
from collections.abc import Generator, Sequence
from dataclasses import replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from providers.builtin.card_drafts import draft_cards
from providers.builtin.extraction import ExtractedAnswer, Quote, extract_answer
from providers.builtin.sentences import sentences
from providers.builtin.tree_drafts import draft_branches
from providers.errors import NeedsModel
from providers.models import ProviderName
from providers.types import CardProposals, ModelInfo, Prompt, StructuredAnswer, TreeProposal

MODEL = "tutor"
_POINTS = _("The main points of your notes:")
_POINTS_END = _("Your notes are in your memory now. Make cards from them, or ask about them later.")
_FROM_NOTES = _("From your notes:")
_FROM_MEMORY = _("From your memory:")
_QUOTES_END = _("These are quotes; the built-in tutor is not a language model and adds nothing of its own.")
_FADING = _("You are forgetting some of your cards on this: a short quiz on them is below.")
_NOTHING = _("There is nothing about this in your memory yet.")
_NOTHING_END = _(
    "The built-in tutor is not a language model: it can only quote what you have written. "
    "Paste notes here and ask about them, or connect Claude or Ollama under Settings for full answers."
)
# Earlier versions of these sentences, which stored answers still contain.
_FORMER_SENTENCES = (
    "The sentences that carry your notes:",
    "Your memory holds nothing on this yet.",
    "Your notes are remembered now. Make cards from them, or ask about them later.",
    "These are quotes; the built-in tutor is no language model and adds nothing of its own.",
    "The built-in tutor is no language model: it can only quote what you have written.",
)
# A word with the whitespace around it, so that the joined pieces are the text.
PIECE = re.compile(r"\s*\S+\s*")


class Tutor:
    name = ProviderName.BUILTIN.value

    def stream(self, *, prompt: Prompt, model: str) -> Generator[str]:
        yield from PIECE.findall(_continuation(prompt) or _answer(prompt))

    def structured(self, *, prompt: Prompt, schema: type[StructuredAnswer], model: str) -> StructuredAnswer:
        """Card proposals, or a skill tree, from `prompt.material`. Raises NeedsModel for any other schema."""
        if issubclass(schema, CardProposals):
            return schema(cards=draft_cards(prompt.material, skip=_own_sentences()))
        if issubclass(schema, TreeProposal):
            return schema(branches=draft_branches(prompt.material))
        raise NeedsModel

    def stream_json(self, *, prompt: Prompt, schema: type[BaseModel], model: str) -> Generator[str]:
        yield self.structured(prompt=prompt, schema=schema, model=model).model_dump_json()

    def models(self) -> list[ModelInfo]:
        label, detail = _("Built-in tutor (no language model)"), _("It quotes your memory and your notes.")
        return [ModelInfo(self.name, MODEL, str(label), available=True, detail=str(detail))]


def _answer(prompt: Prompt) -> str:
    answer = as_markdown(extract_answer(prompt, skip=_own_sentences()))
    return f"{answer}\n\n{_FADING}" if any(extract.fading for extract in prompt.extracts) else answer


def _continuation(prompt: Prompt) -> str:
    """The missing end of an answer that was interrupted, if the prompt asks to continue it; else empty."""
    if len(prompt.turns) < 3 or prompt.turns[-2].role != "assistant":
        return ""
    written = prompt.turns[-2].content
    full_answer = _answer(replace(prompt, turns=prompt.turns[:-2]))
    return full_answer.removeprefix(written) if full_answer.startswith(written) else ""


def as_markdown(answer: ExtractedAnswer) -> str:
    if answer.points:
        return _list(_POINTS, [Quote(0, point) for point in answer.points], _POINTS_END)
    if answer.quotes:
        own = all(quote.number == 0 for quote in answer.quotes)
        return _list(_FROM_NOTES if own else _FROM_MEMORY, answer.quotes, _QUOTES_END)
    return f"{_NOTHING}\n\n{_NOTHING_END}"


def _list(lead: Promise, quotes: Sequence[Quote], end: Promise) -> str:
    lines = "\n".join(f"- {quote.sentence}{f' [{quote.number}]' if quote.number else ''}" for quote in quotes)
    return f"{lead}\n\n{lines}\n\n{end}"


def _own_sentences() -> frozenset[str]:
    """The tutor's own sentences. When an earlier answer is a source, only the sentences that it quotes may be used."""
    own = (
        _POINTS,
        _POINTS_END,
        _FROM_NOTES,
        _FROM_MEMORY,
        _QUOTES_END,
        _FADING,
        _NOTHING,
        _NOTHING_END,
        *_FORMER_SENTENCES,
    )
    return frozenset(sentence for text in own for sentence in sentences(str(text)))
