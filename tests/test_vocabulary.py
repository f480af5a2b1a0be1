"""Words that had a private meaning in this project do not come back; standard terms have replaced them."""

import re

from tests.test_style import PROJECT, tracked

# Each with its replacement. They match whole words in any case. `docs/glossary.md` explains the project's own terms.
PRIVATE_WORDS = {
    r"pulses?": "heartbeat, flusher",
    r"signs? of life": "heartbeat",
    r"nudg(?:e|es|ed|ing)": "request",
    r"upkeep": "maintenance",
    r"tend(?:ed|ing)?": "maintain",
    r"mend(?:s|ed|ing)?": "repair",
    r"owe(?:s|d)?": "missing (vectors)",
    r"settled": "done, recorded",
    r"holdings?": "personal data",
    r"shel(?:f|ves)": "cache",
    r"(?:is|are|was|were) away": "unavailable, down",
    r"doors?": "entry point",
    r"verbs": "service functions, HTTP methods",
    r"(?:person|persons|people)(?:'s|’s)?": "user, users",
    r"leftovers?": "orphaned process, tombstone",
    r"mourn(?:s|ed|ing)?": "restart",
    r"see(?:s|n|ing)? off": "wait or kill",
    r"recollect(?:s|ed|ions?)?": "retrieve",
    r"offer_\w+": "enqueue",
    r"the like": "such",
}
# Names and descriptions in the OpenAPI document, names of database columns and texts of licenses do not change.
EXEMPT = {"tests/test_vocabulary.py", "search/models.py"}
EXEMPT |= {"accounts/schemas.py", "chat/schemas.py", "flashcards/schemas.py", "quiz/api.py"}
THIRD_PARTY = re.compile(r"/vendor/|/axe/|/migrations/|LICENSE")
SUFFIXES = {".py", ".html", ".md", ".js", ".css", ".toml", ".yml", ".example", ""}


def test_no_private_word_is_used() -> None:
    words = re.compile(rf"(?<![\w-])(?:{'|'.join(PRIVATE_WORDS)})(?![\w-])", re.IGNORECASE)
    found = []
    for path in tracked():
        name = path.relative_to(PROJECT).as_posix()
        if path.suffix not in SUFFIXES or THIRD_PARTY.search(name) or name in EXEMPT:
            continue
        lines = enumerate(path.read_text().splitlines(), 1)
        found += [f"{name}:{number} {match[0]}" for number, line in lines if (match := words.search(line))]
    assert found == []
