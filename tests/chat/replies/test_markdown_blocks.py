import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.html.markdown import render_markdown
from chat.replies.markdown_blocks import cut

FENCE = "```python\na = 1\n\nb = 2\n```\n"
PIECES = [
    "word ",
    "\n",
    "\n\n",
    "- item\n",
    "1. one\n",
    "  more\n",
    "```\n",
    "```py\n",
    "~~~\n",
    "$$\n",
    "> q\n",
    "# h\n",
    "|a|b|\n",
    "|-|-|\n",
    "    x\n",
]


@pytest.mark.parametrize(
    ("text", "blocks", "rest"),
    [
        ("", (), ""),
        ("One line", (), "One line"),
        ("One\n\n", (), "One\n\n"),
        ("One\n\nTwo", ("One\n\n",), "Two"),
        ("One\n\nTwo\n\nThree", ("One\n\n", "Two\n\n"), "Three"),
        (FENCE, (), FENCE),
        (f"{FENCE}\nAfter", (f"{FENCE}\n",), "After"),
        ("```\na\n\nb", (), "```\na\n\nb"),
        ("~~~\n```\n\nb\n", (), "~~~\n```\n\nb\n"),
        ("- a\n\n- b\n\n  c\n\nAfter", ("- a\n\n- b\n\n  c\n\n",), "After"),
        ("- a\n\n-", (), "- a\n\n-"),
        ("- a\n\n1", (), "- a\n\n1"),
        ("1. a\n\n   ```\n   x\n\n   y\n", (), "1. a\n\n   ```\n   x\n\n   y\n"),
        ("$$\na\n\nb\n$$\n\nAfter", ("$$\na\n\nb\n$$\n\n",), "After"),
        ("|a|b|\n|-|-|\n|1|2|\n\nAfter", ("|a|b|\n|-|-|\n|1|2|\n\n",), "After"),
    ],
)
def test_it_cuts_between_blocks_only(text: str, blocks: tuple[str, ...], rest: str) -> None:
    assert (cut(text).blocks, cut(text).rest) == (blocks, rest)


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_what_was_cut_off_never_changes_as_the_text_grows(text: str) -> None:
    whole = cut(text)
    assert "".join(whole.blocks) + whole.rest == text
    for end in range(len(text)):
        part = cut(text[:end])
        assert whole.blocks[: len(part.blocks)] == part.blocks


def test_blocks_rendered_apart_are_the_text_rendered_whole() -> None:
    text = f"# Title\n\nPara *one*.\n\n- a\n- b\n\n  c\n\nEnd\n\n{FENCE}\n|a|b|\n|-|-|\n|1|2|\n\nLast"
    parts = cut(text)
    assert len(parts.blocks) == 6
    apart = "".join(render_markdown(block) for block in (*parts.blocks, parts.rest))
    assert apart == render_markdown(text)
