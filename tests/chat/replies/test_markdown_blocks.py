import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.html.markdown import render_markdown
from chat.replies.markdown_blocks import split_blocks

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
    ("text", "blocks", "unfinished"),
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
def test_it_splits_between_blocks_only(text: str, blocks: tuple[str, ...], unfinished: str) -> None:
    assert (split_blocks(text).blocks, split_blocks(text).unfinished) == (blocks, unfinished)


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_a_finished_block_never_changes_as_the_text_grows(text: str) -> None:
    whole = split_blocks(text)
    assert "".join(whole.blocks) + whole.unfinished == text
    for end in range(len(text)):
        part = split_blocks(text[:end])
        assert whole.blocks[: len(part.blocks)] == part.blocks


def test_blocks_rendered_one_by_one_equal_the_text_rendered_as_a_whole() -> None:
    text = f"# Title\n\nPara *one*.\n\n- a\n- b\n\n  c\n\nEnd\n\n{FENCE}\n|a|b|\n|-|-|\n|1|2|\n\nLast"
    parts = split_blocks(text)
    assert len(parts.blocks) == 6
    one_by_one = "".join(render_markdown(block) for block in (*parts.blocks, parts.unfinished))
    assert one_by_one == render_markdown(text)
