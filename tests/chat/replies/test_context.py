from uuid import uuid4

import pytest

from chat.models import Conversation, Message
from chat.replies.context import (
    MAX_EXCERPT_LENGTH,
    Piece,
    PieceKind,
    citations_of,
    number_pieces,
    stored_context,
    with_cited,
)
from chat.replies.prompts import ContextExtract


def piece(title: str, excerpt: str = "") -> Piece:
    source = Message(conversation=Conversation())
    return Piece(PieceKind.MESSAGE, source, ContextExtract(title, title), excerpt, "Close in meaning", 0.5)


def test_pieces_are_numbered_from_one() -> None:
    pieces = [piece("a"), piece("b")]
    assert number_pieces(pieces, earlier=[]) == {1: pieces[0], 2: pieces[1]}


def test_a_piece_that_was_given_before_keeps_its_number() -> None:
    first, second, third = piece("a"), piece("b"), piece("c")
    earlier = stored_context(number_pieces([first, second], earlier=[]), earlier=[])
    numbered = number_pieces([third, second], earlier=earlier)
    assert numbered == {3: third, 2: second}
    titles = [stored["title"] for stored in stored_context(numbered, earlier=earlier)]
    assert titles == ["a", "b", "c"]


def test_a_long_excerpt_is_cut() -> None:
    assert len(piece("a", "x" * 1_000).stored(1)["excerpt"]) == MAX_EXCERPT_LENGTH


@pytest.mark.parametrize(("text", "numbers"), [("One [1], three [3].", [1, 3]), ("None.", []), ("", [])])
def test_citations_are_the_pieces_that_the_text_cites(text: str, numbers: list[int]) -> None:
    pieces = [piece("a"), piece("b"), piece("c")]
    context = with_cited(stored_context(number_pieces(pieces, earlier=[]), earlier=[]), text)
    citations = citations_of(context)
    assert [citation["number"] for citation in citations] == numbers
    assert [citation["message_id"] for citation in citations] == [str(pieces[n - 1].source.pk) for n in numbers]


def test_pieces_of_other_kinds_are_no_citations() -> None:
    context = with_cited(stored_context({1: piece("a")}, earlier=[]), "One [1].")
    assert citations_of([{**context[0], "kind": "card", "id": str(uuid4())}]) == []
