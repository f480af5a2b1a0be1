"""Style sheets and scripts select only what pages have."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from pygments.token import STANDARD_TYPES

from goals.models import MAX_DEPTH
from quiz.models import Rating

STATIC = settings.BASE_DIR / "static"
# Classes that libraries write: htmx during a request, Pygments in code, Temml in formulas.
LIBRARY_CLASSES = re.compile(r"htmx-\w+|tml-\w+|" + "|".join(filter(None, STANDARD_TYPES.values())))


def sources(*patterns: str) -> Iterator[str]:
    for pattern in patterns:
        for path in settings.BASE_DIR.glob(pattern):
            if not {".venv", "vendor", "tests", "bench"} & set(path.relative_to(settings.BASE_DIR).parts):
                yield path.read_text()


@pytest.fixture(scope="module")
def words() -> set[str]:
    """Every word of the templates, the scripts and the code that writes HTML, and the classes of ratings and levels."""
    texts = sources(
        *("templates/**/*.html", "*/templates/**/*.html", "static/js/*.js"),
        *("base/html/*.py", "base/templatetags/*.py", "goals/drawing/*.py"),
    )
    ratings = {rating.name.lower() for rating in Rating}
    levels = {f"level-{depth}" for depth in range(1, MAX_DEPTH + 1)}
    return ratings | levels | {word for text in texts for word in re.findall(r"[\w-]+", text)}


def selectors(sheet: Path) -> str:
    """The style sheet without comments and declarations."""
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    return "\n".join(line for line in text.splitlines() if line.rstrip().endswith(("{", ",")))


@pytest.mark.parametrize("sheet", sorted((STATIC / "css").glob("*.css")), ids=lambda path: path.name)
def test_every_class_of_a_style_sheet_is_in_use(sheet: Path, words: set[str]) -> None:
    classes = set(re.findall(r"\.([a-z][\w-]*)", selectors(sheet)))
    assert {name for name in classes - words if not LIBRARY_CLASSES.fullmatch(name)} == set()


@pytest.mark.parametrize("script", sorted((STATIC / "js").glob("*.js")), ids=lambda path: path.name)
def test_every_attribute_that_a_script_looks_for_is_on_some_page(script: Path) -> None:
    pages = "\n".join(sources("templates/**/*.html", "*/templates/**/*.html", "static/js/*.js"))
    selected = {name for name in re.findall(r"\[(data-[a-z-]+)", script.read_text()) if name != "data-local"}
    # A template tag has underscores in the names of attributes.
    assert {name for name in selected if not re.search(rf"\s{name.replace('-', '[-_]')}\b", pages)} == set()


def test_every_token_is_used() -> None:
    tokens = (STATIC / "css/tokens.css").read_text()
    everything = "\n".join(path.read_text() for path in (STATIC / "css").glob("*.css"))
    named = set(re.findall(r"^ +--([\w-]+):", tokens, flags=re.MULTILINE))
    assert {name for name in named if f"var(--{name})" not in everything} == set()


def test_every_class_of_a_template_has_a_rule_or_a_purpose() -> None:
    everything = "\n".join(path.read_text() for folder in ("css", "js") for path in (STATIC / folder).iterdir())
    values = " ".join(
        value
        for text in sources("templates/**/*.html")
        for value in re.findall(r'\b(?:class|kind|form_class)="([\w -]+)"', text)
    )
    assert {name for name in values.split() if not re.search(rf"\b{name}\b", everything)} == set()
