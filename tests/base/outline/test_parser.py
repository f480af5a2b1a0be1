"""Each case is a text as a user may paste it, and the outline with two spaces for each level."""

import pytest

from base.outline.parser import Outline, parse_outline
from tests.growth import assert_linear


def drawn(outline: Outline) -> list[str]:
    return ["  " * (item.level - 1) + item.title for item in outline.items]


def expected(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


CASES = {
    "Markdown": (
        "# Spanish\n## Grammar\n- Nouns\n    - Gender\n    - **Plural**\n- [Clauses](https://example.org)\n"
        "## Words ##\n1. Food\n2. Travel\n   a) Airport\n   b) Hotel",
        "Spanish\n  Grammar\n    Nouns\n      Gender\n      Plural\n    Clauses\n"
        "  Words\n    Food\n    Travel\n      Airport\n      Hotel",
    ),
    "underlined headings": ("Title\n=====\n\nOne\n---\n\nTwo\n---", "Title\n  One\n  Two"),
    "lines in bold": ("**Basics**\n- a\n- b\n__Advanced__:\n- c", "Basics\n  a\n  b\nAdvanced\n  c"),
    "numbers": (
        "1. Limits\n1.1 Definition\n1.1.1 Epsilon\n1.2 Rules\n2. Derivatives\n2.1 Chain rule",
        "Limits\n  Definition\n    Epsilon\n  Rules\nDerivatives\n  Chain rule",
    ),
    "numbers without dots": ("1 Limits\n1.1 Definition\n2 Derivatives", "Limits\n  Definition\nDerivatives"),
    "a number that is no mark": ("20 words of motion\n5 cases", "20 words of motion\n5 cases"),
    "right-aligned numbers": (" 9. i\n10. j\n11. k\n    1. l", "i\nj\nk\n  l"),
    "numbers in headings": ("## 1.2 Limits\n- one\n## 1.3 Series\n- two", "Limits\n  one\nSeries\n  two"),
    "letters and Roman numerals": (
        "I. Rome\nA. Republic\n1. Senate\n2. Consuls\nB. Empire\nII. Greece\nA. Athens",
        "Rome\n  Republic\n    Senate\n    Consuls\n  Empire\nGreece\n  Athens",
    ),
    "the letter I": (
        "\n".join(f"{letter}. {letter}x" for letter in "ABCDEFGHIJ"),
        "\n".join(f"{letter}x" for letter in "ABCDEFGHIJ"),
    ),
    "indented": (
        "Algebra\n    Equations\n    Inequalities\nGeometry\n\tTriangles\n\t\tPythagoras\nStatistics",
        "Algebra\n  Equations\n  Inequalities\nGeometry\n  Triangles\n    Pythagoras\nStatistics",
    ),
    "indented by one space": (
        "Algebra\n Equations\n  Roots\n Powers\nGeometry",
        "Algebra\n  Equations\n    Roots\n  Powers\nGeometry",
    ),
    "a table of contents with dots": (
        "Preface ........ v\n1 Limits ........ 1\n1.1 Definition . . . . . 3\n2 Derivatives ___ 20\nIndex …… 90",
        "Preface\nLimits\n  Definition\nDerivatives\nIndex",
    ),
    "a table of contents with spaces": (
        "Chapter 1: Vectors   1\n  1.1 Sums   3\n  1.2 Products\t9\nChapter 2: Matrices   22\nIndex   99",
        "Vectors\n  Sums\n  Products\nMatrices\nIndex",
    ),
    "a table of contents with one space": ("Limits 3\nSeries 20\nIntegrals 44", "Limits\nSeries\nIntegrals"),
    "titles that end with a number": (
        "Calculus 1\nCalculus 2\nCalculus 3\nCalculus 4",
        "Calculus 1\nCalculus 2\nCalculus 3\nCalculus 4",
    ),
    "a syllabus by weeks": (
        "Week 1: Variables\n- numbers\n- texts\nWeek 2 – Functions\n- arguments\nWeek 3",
        "Variables\n  numbers\n  texts\nFunctions\n  arguments\nWeek 3",
    ),
    "a book of parts": (
        "Part I. Matter\nChapter 1. Atoms\nChapter 2. Bonds\nPart II. Life\nChapter 3. Cells",
        "Matter\n  Atoms\n  Bonds\nLife\n  Cells",
    ),
    "titles above lists": (
        "Algebra:\n- linear\n- quadratic\nGeometry\n* angles",
        "Algebra\n  linear\n  quadratic\nGeometry\n  angles",
    ),
    "a list of tasks": ("- [ ] one\n  - [x] two", "one\n  two"),
    "a level is left out": ("# A\n#### B\n## C", "A\n  B\n  C"),
    "Chinese": ("- 语法\n  - 名词\n- 词汇\uff1a", "语法\n  名词\n词汇"),
    "no script": (
        "- <script>alert(1)</script>Clauses\n- <b onclick=x>Nouns</b>\n- List<String>",
        "Clauses\nNouns\nList<String>",
    ),
    "no invisible characters": ("- \u202eabc\u200b\x07d\n- e", "abc d\ne"),
}


@pytest.mark.parametrize(("text", "outline"), CASES.values(), ids=CASES.keys())
def test_it_reads(text: str, outline: str) -> None:
    assert drawn(parse_outline(text)) == expected(outline)


@pytest.mark.parametrize(
    "text", ["", " \n\n", "Prose has no structure. It goes on.\nAnd on.", "---\n***", "x" * 500, "```\n- a\n```"]
)
def test_prose_and_code_have_no_outline(text: str) -> None:
    assert parse_outline(text).items == ()


def test_text_below_an_item_describes_it() -> None:
    [heading, item] = parse_outline(
        "# Clauses\nAll of them.\n\nEven *these*.\n- Tenses that go\n  over two lines"
    ).items
    assert heading.description == "All of them. Even *these*."
    assert (item.title, item.description) == ("Tenses that go", "over two lines")


def test_lines_that_belong_to_no_item_are_counted() -> None:
    outline = parse_outline(
        "This is my plan for the year, it begins here.\n\n- a\n- b\n\n```\ncode\n```\n| a | b |\n---\n"
    )
    assert (drawn(outline), outline.skipped) == (["a", "b"], 6)


def test_fifty_levels_are_read_and_more_are_flat() -> None:
    for before, mark in ("  ", "- a"), ("#", "# a"), ("1.", "1 a"):
        deep = parse_outline("\n".join(before * number + mark for number in range(50)))
        assert [item.level for item in deep.items] == list(range(1, 51))
    assert max(item.level for item in parse_outline("\n".join(" " * 2 * n + "- a" for n in range(100))).items) == 64


@pytest.mark.parametrize(
    "line",
    [
        "- a\n",
        "1.1.1 a .... 3\n",
        "a\n",
        "# a\n",
        "  - a\n    - b\n",
        "Chapter 1: a\n1. b\n",
        "a:\n- b\ntext\n",
        "A. a\n",
    ],
)
def test_the_time_is_linear_in_the_number_of_lines(line: str) -> None:
    assert_linear(parse_outline, lambda size: line * (size // len(line)), 4_000)


def test_the_time_is_linear_when_each_line_is_deeper() -> None:
    def staircase(size: int) -> str:
        return "\n".join(" " * (number % 100) * 2 + "- a" for number in range(size // 20))

    assert_linear(parse_outline, staircase, 20_000)
