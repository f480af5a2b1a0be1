"""What keeps the code small: lengths, suppressions, words that don't belong here."""

import ast
import re
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

PROJECT = Path(__file__).resolve().parent.parent

MAX_MODULE_LINES = 300  # lines; 400 for a test
MAX_FUNCTION_LINES = 40
MAX_VIEW_LINES = 20
LINES_PER_SUPPRESSION = 5_000
MAX_FILES = 18  # directly in a folder
MAX_LINE_LENGTH = 120
LONG_LINES_SHARE = 0.05  # of all characters of the templates
# Names that say nothing about what is inside.
EMPTY_NAMES = {"utils", "helpers", "common", "core", "manager", "misc"}
# Written in halves, so that this file does not hold them: package registries are the installer's business.
FOREIGN = [first + second for first, second in (("pyth", "onhosted"), ("py", "pi.org"), ("registry.npm", "js"))]


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [PROJECT / name for name in listed.stdout.splitlines() if (PROJECT / name).is_file()]


def modules() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py" and "migrations" not in path.parts]


def lines_of(path: Path) -> int:
    return len(path.read_text().splitlines())


def is_test(path: Path) -> bool:
    return path.is_relative_to(PROJECT / "tests")


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function's place and its length in lines."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            yield f"{path.relative_to(PROJECT)}:{node.lineno} {node.name}", length


def test_modules_are_short() -> None:
    too_long = [path for path in modules() if lines_of(path) > (400 if is_test(path) else MAX_MODULE_LINES)]
    assert too_long == []


def test_most_modules_are_a_page_or_two() -> None:
    assert median(lines_of(path) for path in modules() if not is_test(path) and lines_of(path)) <= 80


def test_functions_and_views_are_short() -> None:
    too_long = []
    for path in modules():
        if not is_test(path):
            limit = MAX_VIEW_LINES if path.name.endswith("views.py") else MAX_FUNCTION_LINES
            too_long += [f"{place}: {length}" for place, length in functions(path) if length > limit]
    assert too_long == []


def test_checks_are_hardly_ever_switched_off() -> None:
    marks = [line for path in modules() for line in path.read_text().splitlines() if _switches_off(line)]
    total = sum(lines_of(path) for path in modules())
    assert len(marks) <= max(1, total // LINES_PER_SUPPRESSION), marks
    assert [line for line in marks if not re.search(r"# (?:noqa: \w+|type: ignore\[[\w-]+\])  # \w", line)] == []


def _switches_off(line: str) -> bool:
    return bool(re.search(r"# (?:no" + r"qa|type: ig" + r"nore)", line))


def test_names_say_what_is_inside() -> None:
    named = {part for path in modules() for part in (*path.relative_to(PROJECT).parts[:-1], path.stem)}
    assert named & EMPTY_NAMES == set()


def test_no_file_names_a_package_registry() -> None:
    found = []
    for path in tracked():
        text = path.read_bytes().decode(errors="replace")
        found += [f"{path.relative_to(PROJECT)}: {word}" for word in FOREIGN if word in text]
    assert found == []


def test_a_folder_has_few_files() -> None:
    """Past that a newcomer reads names without seeing where to go: then there are subpackages."""
    counts = Counter(path.parent for path in modules() if not is_test(path))
    assert {str(folder.relative_to(PROJECT)): count for folder, count in counts.items() if count > MAX_FILES} == {}


def test_each_test_file_mirrors_a_source_file() -> None:
    """tests/<path>/test_<name>.py tests <path>/<name>.py, or the package <path>/<name>/."""
    sources = {path.relative_to(PROJECT).with_suffix("") for path in modules() if not is_test(path)}
    sources |= {source.parent for source in sources}
    for path in modules():
        place = path.relative_to(PROJECT / "tests") if is_test(path) else Path()
        if place.name.startswith("test_") and place.parts[0] in apps():
            assert place.with_name(place.stem.removeprefix("test_")) in sources, f"{place} tests no file"


def apps() -> set[str]:
    return {path.parent.name for path in modules() if path.name == "apps.py" and not is_test(path)} | {"memoryloop"}


def test_templates_keep_to_120_columns() -> None:
    """djlint breaks lines at tags and attributes, but not inside a template tag, which Django wants on one line."""
    lines = [line for path in tracked() if path.suffix == ".html" for line in path.read_text().splitlines()]
    long = [line for line in lines if len(line) > MAX_LINE_LENGTH]
    assert sum(map(len, long)) <= LONG_LINES_SHARE * sum(map(len, lines)), long


def test_templates_lead_to_their_own_app_and_to_apps_below() -> None:
    """A link to an app above comes from the view, whose look-ups the import contracts know."""
    configuration = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    [layers] = [found["layers"] for found in configuration["tool"]["importlinter"]["contracts"] if "layers" in found]
    ranks = {app.strip(): rank for rank, layer in enumerate(reversed(layers)) for app in layer.split("|")}
    upward = []
    for path in tracked():
        app = path.parent.name
        if path.suffix == ".html" and path.is_relative_to(PROJECT / "templates") and app in ranks:
            names = re.findall(r"""["']([a-z]+):[a-z_-]+["']""", path.read_text())
            upward += [f"{path.name}: {name}" for name in names if ranks.get(name, len(layers)) > ranks[app]]
    assert upward == []
