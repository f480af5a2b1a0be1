"""Every regular expression that reads the text of a user or of a model takes time that is linear in its length."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import partial
from itertools import product

import pytest
from django.utils.safestring import SafeString

from base import sse
from base.api import strict_json, values
from base.errors import NotFound
from base.html import limits
from base.html.citations import Source, link_citations, may_cite
from base.html.markdown import cited_numbers, render_markdown
from base.html.plain_text import plain_text as without_markup
from base.logs import context, errors, formats
from base.outline import lines
from base.outline.parser import parse_outline
from base.outline.titles import clean_title
from base.text import storable
from chat.conversations.titles import title_from
from chat.replies.markdown_blocks import split_blocks
from flashcards.content.fingerprint import normalize
from goals.duplicates import titles as goal_titles
from goals.duplicates.meaning import LETTERS_WITH_MEANING
from goals.growing.answers import read_answer
from goals.growing.drafts import MODEL_LIMITS
from goals.growing.progress import ReceivedTitles
from mcp_server.uris import parsed_uri
from memories.records import readable
from memoryloop import request_monitor
from operations.backup.database import verification
from passages import plain_text
from providers.builtin import card_drafts, tree_drafts, tutor
from providers.builtin.sentences import keywords, sentences, words
from providers.builtin.stemming import language_of
from providers.ollama.errors import error_for
from providers.prompting.quoting import quoted_material
from providers.services import KEY_PATTERN
from quiz import forms
from search.index.chunking import chunks
from search.ranking import dates
from search.ranking import words as ranking_words
from search.ranking.query import parse
from search.snippets import Marker
from tests.growth import assert_linear
from tests.test_style import PROJECT, is_test, modules

SIZE = 10_000  # characters; a quadratic expression takes a second or more for twice as many
USES = re.compile(r"\bre\.(?:compile|sub|match|search|findall|split|fullmatch|finditer)\(")


def uri_or_none(text: str) -> object:
    with suppress(NotFound):
        return parsed_uri(text)
    return None


# The functions that use the module's expressions, and repeated pieces of text that come close to a match.
READERS: dict[str, tuple[list[Callable[[str], object]], list[str]]] = {
    "base/api/strict_json.py": (
        [strict_json._SUSPECT.search, lambda text: list(strict_json._TOKEN.finditer(text))],
        ["\\u00", "\\", "\\ud", '"', '"\\"', '"" ', "1", "{"],
    ),
    "base/api/values.py": (
        [values._UUID.fullmatch, values._RFC_3339.fullmatch],
        ["0", "0" * 8 + "-0000" * 3 + "-", "2026-11-21T09:30:00.", "Z", "-"],
    ),
    "base/html/limits.py": ([limits.is_too_slow], ["|a", "|" * 99 + "\n", "a", "\n"]),
    "base/html/citations.py": (
        [
            may_cite,
            lambda text: cited_numbers(text, [1]),
            lambda text: link_citations(SafeString(text), {1: Source("/", "")}),
        ],
        ["[1", "[1, ", "[1 ,1", "[1]", '<sup class="cite">1'],
    ),
    "base/html/markdown.py": ([lambda text: render_markdown(text, growing=True)], ["- [x", "- [x] a\n"]),
    "base/html/plain_text.py": (
        [without_markup],
        [
            "**a ",
            "*",
            "_a ",
            "__a__",
            "*a*",
            "[a](",
            "[",
            "<http://",
            "`a",
            "```\n",
            "> ",
            "#",
            "|a",
            "|-",
            "- ",
            "(",
            "~~a",
        ],
    ),
    "base/logs/context.py": (
        [context._UUID.fullmatch, lambda text: context._path_of(text)],
        ["0", "0" * 8 + "-0000" * 3 + "-", "<", "<a:", "<a:b>"],
    ),
    "base/logs/errors.py": (
        [lambda text: errors.describe(RuntimeError(f"lance error {text}"))],
        ["'", '"', "`a", "'\"`", "lance", "lance "],
    ),
    "base/logs/formats.py": (
        [formats.without_secrets],
        ["sk-", "ml_a", "Bearer ", "://", "://a:", "://a:b", "://a:b@", "a:", "@"],
    ),
    "base/outline/lines.py": (
        [lines.read_line, parse_outline],
        [
            "#",
            "# ",
            "**a",
            "- ",
            "1.",
            "1. ",
            "a) ",
            "> ",
            ">",
            "chapter ",
            "chapter 1 ",
            "part I",
            "...",
            ". ",
            "1",
            "x",
        ],
    ),
    "base/outline/parser.py": ([parse_outline], ["`", "```\n", "= ", "- - ", "---\n", "a\n---\n", "|", ": "]),
    "base/outline/titles.py": (
        [clean_title],
        ["[a](", "[", "<script ", "<script>", "<a ", "<a", "<!--", "*a ", "* ", "__", "`", "</script", "<b>"],
    ),
    "base/sse.py": ([lambda text: sse.event("answer", text)], ["\r", "\n", "\r\n"]),
    "base/text.py": ([storable], ["\0", "a"]),
    "chat/conversations/titles.py": ([title_from], ["# ", "#", "\n", "`a"]),
    "chat/replies/markdown_blocks.py": (
        [split_blocks],
        ["- ", "1. ", "1", "```\n", "`", "`a", "> ", " ", "$$\n", "~~~"],
    ),
    "flashcards/content/fingerprint.py": ([normalize.__wrapped__], ["**a ", "*", "_a ", "\n", " \n", "# "]),
    "goals/duplicates/meaning.py": ([LETTERS_WITH_MEANING["builtin"].search], ["A", "1 ", "é"]),
    "goals/duplicates/titles.py": (
        [partial(goal_titles.parse, stems=lambda text: text.split())],
        ["a+", "a#", "a1-", "AZ-9", "1st ", "1", "日", "l'", "d’", "'s", "USA", "U.S.", "é", "B2 ", "a "],
    ),
    "goals/growing/answers.py": (
        [lambda text: read_answer(text, MODEL_LIMITS)],
        ["I ", "I can", "{", '{"a":', '["skill ', "<think>", "</think>", '"title', "- a\n"],
    ),
    "goals/growing/progress.py": (
        [lambda text: ReceivedTitles().read(text)],
        ['"title":"', '"title" : "a', '"title":"a\\', '"title":"a"', '"'],
    ),
    "mcp_server/uris.py": (
        [uri_or_none],
        ["memoryloop://", "memoryloop://card/", "memoryloop://card/" + "0" * 8 + "-0000" * 3 + "-", "a", "0"],
    ),
    "memories/records/readable.py": (
        [readable.readable_text, readable.words_of_key, readable.is_opaque, readable.is_ticket, readable.names_time],
        [
            "a",
            "aB",
            "a1",
            "A-",
            "1-",
            "0a:",
            "a://",
            "a://b@",
            "data:a;",
            "data:",
            "2026-",
            "_at",
            "%41/",
            "-----BEGIN ",
        ],
    ),
    "memoryloop/request_monitor.py": (
        [lambda text: request_monitor._WELL_FORMED.fullmatch(text.encode())],
        ["a", "-", "."],
    ),
    "operations/backup/database/verification.py": (
        [lambda text: verification.COPY.match(text.encode())],
        ["COPY ", 'COPY a."', '"', '""', "a", "a."],
    ),
    "passages/plain_text.py": ([plain_text.without_blank_lines], ["\n", "\n ", " ", "a\n"]),
    "providers/builtin/card_drafts.py": (
        [card_drafts.definition_card, card_drafts.draft_cards, card_drafts.ARTICLE.match],
        ["a b ", "A is ", "is ", "a: ", "a = ", "a – ", " ", "the ", "a", "A is a b c d. "],
    ),
    "providers/builtin/sentences.py": (
        [sentences, keywords, words],
        [
            "A. ",
            "Dr. ",
            ". ",
            '."',
            "!",
            "。",
            " ",
            "<a",
            "</",
            "[a](",
            "[",
            "*a ",
            "- ",
            "1. ",
            "a'",
            "a-",
            " [1",
            "```\n",
        ],
    ),
    "providers/builtin/stemming.py": ([lambda text: language_of([text])], ["a", "a ", "the "]),
    "providers/builtin/tree_drafts.py": ([tree_drafts.topics], [", ", ",", " and", " and ", ". ", "a", "i "]),
    "providers/builtin/tutor.py": ([tutor.PIECE.findall], [" ", "a", "a "]),
    "providers/ollama/errors.py": ([lambda text: error_for(500, text, "model")], [" ", "\0", "a "]),
    "providers/prompting/quoting.py": (
        [lambda text: quoted_material(text, "mark")],
        [
            "<",
            "< ",
            "<\n",
            "<extract",
            "</ ",
            " ",
            "<\u200b",
            "\0",
            "<|",
            "<|a",
            "[",
            "[INST",
            "[ ",
            "<<",
            "<s ",
            "\ufdfa",
        ],
    ),
    "providers/services.py": ([KEY_PATTERN.fullmatch], ["a", " "]),
    "quiz/forms.py": ([forms._STEP.fullmatch], ["1", "1m ", "m"]),
    "search/ranking/dates.py": (
        [lambda text: dates.named_dates(text, date(2026, 11, 21))],
        ["1", "1.", "1.1.", "2026-", "may ", "12 may ", "1 of ", " ", "5月", "2026年5月", "last ", "yesterday "],
    ),
    "search/ranking/query.py": (
        [partial(parse, features={"cards"})],
        ['"', '"a', "«", "«»", "-", " -", " -a", "“", "has:", " has:a", " -has:cards"],
    ),
    "search/ranking/words.py": (
        [ranking_words.codes, ranking_words.surfaces, lambda text: list(ranking_words.spans(text))],
        ["a", "aB", "a_", "_", "é", "明", "า", "ال", "a\u0301", " x", "aB_", "A"],
    ),
    "search/snippets.py": ([Marker.of("a cell").snippet], ["a", "a ", " (a://", " (a://b)", "cell ", "    a\n", "\n"]),
    "search/index/chunking.py": ([chunks], ["\n", " \n", " ", "a", ". ", "。", "a\n \n"]),
}
NO_TEXT_OF_USERS = {
    "operations/backup/database/progress.py",  # what pg_dump and pg_restore say about tables
    "operations/backup/database/tools.py",  # the version of a program
    "operations/backup/point_in_time/archive.py",  # names of files
    "operations/backup/versions.py",  # versions of MemoryLoop
    "operations/doctor/configuration.py",  # the operator's .env
    "operations/doctor/versions.py",  # requirements.lock
    "operations/up/servers.py",  # the kernel's version
    "search/management/commands/replay_outbox.py",  # an option of the operator's command
}
CASES = [
    pytest.param(function, pieces, id=f"{module}-{number}")
    for module, (functions, pieces) in READERS.items()
    for number, function in enumerate(functions)
]
BEGINNINGS = ("", "<", "A b is ")


def test_each_module_with_a_regular_expression_is_tested() -> None:
    sources = [path for path in modules() if not is_test(path) and not path.is_relative_to(PROJECT / "bench")]
    with_expressions = {str(path.relative_to(PROJECT)) for path in sources if USES.search(path.read_text())}
    assert with_expressions - NO_TEXT_OF_USERS == set(READERS)


@pytest.mark.parametrize(("function", "pieces"), CASES)
def test_the_cost_grows_linearly(function: Callable[[str], object], pieces: list[str]) -> None:
    for beginning, piece in product(BEGINNINGS, pieces):
        assert_linear(function, partial(_text, beginning, piece), SIZE)


def _text(beginning: str, piece: str, size: int) -> str:
    return (beginning + piece * size)[: size - 1] + "!"
