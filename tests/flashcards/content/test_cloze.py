import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashcards.content import cloze
from flashcards.models import MAX_SIDE_LENGTH
from tests.growth import assert_linear

SENTENCE = "The {{c1::mitochondrion::organelle}} makes {{c2::ATP}}, says {{c1::she}}."
MARKUP = ["{{c1::", "{{c2::", "{{c1,2::", "{{c0::", "}}", "}", "{", "::", "\\", "a", " ", "é", "\n", "{{c", "1", ","]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (SENTENCE, [1, 2]),
        ("{{c10::ten}} before {{c2::two}}", [2, 10]),
        ("{{c0::zero}} {{c100::hundred}} {{c01::one}} {{c::none}} {{c1::}} {c1::single} {{C1::capital}}", []),
        ("a gap over {{c1::two\nlines}}", [1]),
        ("{{c1,2::both}}", [1, 2]),
        ("{{c3,1,3::both}} {{c2,::one}}", [1, 2, 3]),
        ("{{c,::none}} {{c1, 2::a space}} {{c1;2::a semicolon}}", []),
        ("{{c1::out {{c2::in}} out}}", [1, 2]),
        ("{{c1::" * 11 + "x" + "}}" * 11, [1]),
        ("".join(f"{{{{c{number}::" for number in range(1, 12)) + "x" + "}}" * 11, list(range(1, 11))),
        ("{{c1::a" * 3, []),
        ("{{c1::never closed {{c2::closed}}", [2]),
        ("{{c²::a power}} {{c٣::an Arabic digit}}", []),
    ],
)
def test_each_gap_number_is_listed_once_in_ascending_order(text: str, numbers: list[int]) -> None:
    assert cloze.gap_numbers(text) == numbers


@pytest.mark.parametrize(
    ("text", "question", "answer", "stripped"),
    [
        ("no gap", "no gap", "no gap", "no gap"),
        ("a {{c1::b}} c", "a **[…]** c", "a **b** c", "a b c"),
        ("{{c1::b::hint}}", "**[hint]**", "**b**", "b"),
        ("{{c1::b::}}", "**[…]**", "**b**", "b"),
        ("{{c1::std::vector::hint}}", "**[vector::hint]**", "**std**", "std"),
        ("{{c1::::b}}", "**[…]**", "**::b**", "::b"),
        ("{{c1:: b }}", "**[…]**", "**b**", " b "),
        ("{{c2::b::hint}}", "b", "b", "b"),
        ("{{c1,2::b::hint}} {{c2::c}}", "**[hint]** c", "**b** c", "b c"),
        # Formulas: the braces inside a gap balance.
        (r"{{c1::\frac{a}{b}}}", "**[…]**", r"**\frac{a}{b}**", r"\frac{a}{b}"),
        (r"{{c1::x_{i_{j}}}}", "**[…]**", "**x_{i_{j}}**", "x_{i_{j}}"),
        (r"{{c1::x_{i_{j}}::an index}}!", "**[an index]**!", "**x_{i_{j}}**!", "x_{i_{j}}!"),
        (r"{{c2::x^{2}}} {{c1::y}}", "x^{2} **[…]**", "x^{2} **y**", "x^{2} y"),
        (r"\frac{{{c1::a}}}{{{c2::b}}}", r"\frac{**[…]**}{b}", r"\frac{**a**}{b}", r"\frac{a}{b}"),
        (r"{{c1::\{1, 2\}}}", "**[…]**", r"**\{1, 2\}**", r"\{1, 2\}"),
        (r"{{c1::\left\{ x \right.}}", "**[…]**", r"**\left\{ x \right.**", r"\left\{ x \right."),
        (r"{{c1::a \\}} b", "**[…]** b", r"**a \\** b", r"a \\ b"),
        ("{{c1::{}}} is a dict", "**[…]** is a dict", "**{}** is a dict", "{} is a dict"),
        # Without balance, the first "}}" ends the gap.
        ("{{c1::if (x) {}} {{c2::y}}", "**[…]** y", "**if (x) {** y", "if (x) { y"),
        (r"{{c1::C:\}} {{c2::y}}", "**[…]** y", r"**C:\** y", r"C:\ y"),
        ("{{c1::}}} b", "{{c1::}}} b", "{{c1::}}} b", "{{c1::}}} b"),
        # Nested gaps.
        ("{{c1::a {{c2::b}} c}}", "**[…]**", "**a b c**", "a b c"),
        ("{{c2::a {{c1::b}} c}}", "a **[…]** c", "a **b** c", "a b c"),
        ("{{c1::a {{c1::b::in}}::out}}", "**[out]**", "**a b**", "a b"),
        ("{{c2::a {{c1::b::in}} c::out}}", "a **[in]** c", "a **b** c", "a b c"),
        ("{{c1::{{c2::b}}::out}}", "**[out]**", "**b**", "b"),
        ("{{c1::{{c2::}}}}", "**[…]**", "**{{c2::}}**", "{{c2::}}"),
        (r"{{c2::\frac{{{c1::a}}}{b}}}", r"\frac{**[…]**}{b}", r"\frac{**a**}{b}", r"\frac{a}{b}"),
        # What is not closed is plain text.
        ("{{c1::a", "{{c1::a", "{{c1::a", "{{c1::a"),
        ("{{c1::a::b {{c2::c}} d", "{{c1::a::b c d", "{{c1::a::b c d", "{{c1::a::b c d"),
        ("{{c2::a {{c1::b}}", "{{c2::a **[…]**", "{{c2::a **b**", "{{c2::a b"),
        ("a }} {{c1::b}} }}", "a }} **[…]** }}", "a }} **b** }}", "a }} b }}"),
        ("{{c1::}}", "{{c1::}}", "{{c1::}}", "{{c1::}}"),
    ],
)
def test_gaps_are_hidden_shown_and_stripped(text: str, question: str, answer: str, stripped: str) -> None:
    assert cloze.question(text, 1) == question
    assert cloze.answer(text, 1) == answer
    assert cloze.strip_markup(text) == stripped


def test_a_hidden_gap_shows_its_hint_and_the_other_gaps_their_text() -> None:
    assert cloze.question(SENTENCE, 1) == "The **[organelle]** makes ATP, says **[…]**."


def test_the_answer_shows_the_text_of_the_gap_in_bold() -> None:
    assert cloze.answer(SENTENCE, 2) == "The mitochondrion makes **ATP**, says she."


def test_gaps_beyond_the_limit_are_plain_text() -> None:
    text = cloze.strip_markup("{{c1::a}}" * (cloze.MAX_GAPS + 1))
    assert text == "a" * cloze.MAX_GAPS + "{{c1::a}}"


@given(st.text(max_size=200) | st.lists(st.sampled_from(MARKUP), max_size=60).map("".join))
def test_any_text_can_be_parsed(text: str) -> None:
    stripped = cloze.strip_markup(text)
    numbers = cloze.gap_numbers(text)
    assert stripped == text or numbers
    for number in numbers:
        assert cloze.question(text, number) != cloze.strip_markup(text)
    assert cloze.question(text, 99) == cloze.answer(text, 99) == stripped


# Only these characters, so that no text closes its gap, begins another one, or escapes a brace.
BALANCED = st.recursive(
    st.text(alphabet="ab +^_\n", min_size=1, max_size=5),
    lambda inner: st.lists(inner | inner.map("{{{}}}".format), min_size=1, max_size=4).map("".join),
    max_leaves=20,
)


@given(BALANCED, BALANCED, st.sampled_from(["", "hint"]))
def test_a_gap_contains_any_text_whose_braces_balance(first: str, second: str, hint: str) -> None:
    text = f"{{{{c1::{first}{'::' * bool(hint)}{hint}}}}} and {{{{c1,2::{second}}}}}"
    assert cloze.gap_numbers(text) == [1, 2]
    assert cloze.strip_markup(text) == f"{first} and {second}"
    assert cloze.question(text, 1) == f"**[{hint or '…'}]** and **[…]**"
    assert cloze.question(text, 2) == f"{first} and **[…]**"


WORST = [
    *("{{c1::", "{{c1::x", "{{c1::a}}", "{{c1::{", "{", "}", "{{c", "{{c1,", "{{c1::a::", "{{c1::a{{c2::b}}", "\\"),
    *("{{c1::{{c1::}}", "::", "{{c1::\\{", "{{c1::a}", "{{c11111111"),
]


@pytest.mark.parametrize("piece", WORST)
@pytest.mark.parametrize("beginning", ["", "{{c1::", "{{c1::" * 10])
def test_the_cost_of_a_cloze_grows_linearly(beginning: str, piece: str) -> None:
    def use(text: str) -> None:
        cloze.gap_numbers(text)
        cloze.question(text, 1)
        cloze.answer(text, 1)
        cloze.strip_markup(text)

    assert_linear(use, lambda size: (beginning + piece * size)[:size], MAX_SIDE_LENGTH // 2)
