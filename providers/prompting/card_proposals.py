"""The shape in which a model proposes flashcards; nothing here is in a deck yet."""

from typing import Literal

from pydantic import BaseModel, Field


class CardProposal(BaseModel):
    kind: Literal["basic", "reverse", "cloze"] = Field(
        description="basic: question and answer. reverse: asked both ways. cloze: a sentence with {{c1::gaps}}."
    )
    question: str = Field(description="For a cloze, the whole sentence with {{c1::the hidden words}}.")
    answer: str = Field(description="For a cloze, the hidden words or a short remark.")


class CardProposals(BaseModel):
    cards: list[CardProposal]
