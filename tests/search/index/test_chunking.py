import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.index.chunking import MAX_CHARACTERS, chunks


@given(st.text(max_size=600), st.integers(20, 80))
def test_no_character_is_lost_and_no_chunk_is_too_long(text: str, size: int) -> None:
    pieces = chunks(text, size=size, overlap=size // 5)
    assert all(len(piece) <= size for piece in pieces)
    at = 0
    for piece in pieces:
        # Each chunk starts inside the one before it or directly after it.
        start = next(start for start in range(max(0, at - size // 5), at + 1) if text.startswith(piece, start))
        at = start + len(piece)
    assert at == len(text)


@pytest.mark.parametrize("text", ["", "short", "x" * MAX_CHARACTERS])
def test_a_short_text_is_one_chunk(text: str) -> None:
    assert chunks(text) == [text]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One two three.\n\nFour five six seven.", "One two three.\n\n"),
        ("One two three.\nFour five six seven.", "One two three.\n"),
        ("One two three. Four five six seven.", "One two three. "),
        ("One two three four five six seven", "One two three four five "),
        ("一二三四五六七八九十一二三。四五六七八九十一二三四五六", "一二三四五六七八九十一二三。"),
        ("x" * 40, "x" * 25),
    ],
)
def test_a_text_is_split_at_the_best_boundary(text: str, first: str) -> None:
    assert chunks(text, size=25, overlap=5)[0] == first


def test_chinese_has_shorter_chunks_because_each_character_is_a_token() -> None:
    assert max(len(piece) for piece in chunks("\u4e00" * 10_000)) == 1_400
    assert max(len(piece) for piece in chunks("word " * 2_000)) == 4_000
