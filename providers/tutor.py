"""The built-in tutor: no language model and no server. It quotes; it never invents."""

import re
from collections.abc import Generator

from django.utils.translation import gettext as _

from providers.dialogue import ModelInfo, Prompt, Shape
from providers.drafting import draft_cards
from providers.errors import NeedsModel
from providers.extracting import Findings, Quote, look_up
from providers.models import ProviderName
from providers.proposals import CardProposals

MODEL = "tutor"
# A word with the blanks behind it, so that the pieces joined are the text.
PIECE = re.compile(r"\s*\S+\s*")


class Tutor:
    name = ProviderName.BUILTIN.value

    def stream(self, *, prompt: Prompt, model: str) -> Generator[str]:
        yield from PIECE.findall(compose(look_up(prompt)))

    def structured(self, *, prompt: Prompt, schema: type[Shape], model: str) -> Shape:
        """Card proposals from `prompt.material`; `NeedsModel` for any other schema."""
        if not issubclass(schema, CardProposals):
            raise NeedsModel
        return schema(cards=draft_cards(prompt.material))

    def models(self) -> list[ModelInfo]:
        detail = _("No language model: it quotes your memory and your notes.")
        return [ModelInfo(self.name, MODEL, _("Built-in tutor (no language model)"), available=True, detail=detail)]


def compose(findings: Findings) -> str:
    """The answer as Markdown."""
    if findings.points:
        return _points(findings.points)
    if findings.quotes:
        return _quotes(findings.quotes)
    return _nothing()


def _points(points: tuple[str, ...]) -> str:
    lines = "\n".join(f"- {point}" for point in points)
    lead = _("The sentences that carry your notes:")
    after = _("Your notes are remembered now. Make cards from them, or ask about them later.")
    return f"{lead}\n\n{lines}\n\n{after}"


def _quotes(quotes: tuple[Quote, ...]) -> str:
    own = all(quote.number == 0 for quote in quotes)
    lead = _("From your notes:") if own else _("From your memory:")
    lines = "\n".join(f"- {quote.sentence}{f' [{quote.number}]' if quote.number else ''}" for quote in quotes)
    after = _("These are quotes; the built-in tutor is no language model and adds nothing of its own.")
    return f"{lead}\n\n{lines}\n\n{after}"


def _nothing() -> str:
    return "\n\n".join(
        [
            _("Your memory holds nothing on this yet."),
            _(
                "The built-in tutor is no language model: it can only quote what you have written. "
                "Paste notes here and ask about them, or connect Claude or Ollama under Settings for full answers."
            ),
        ]
    )
