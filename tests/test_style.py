"""The rules of style that no linter checks: sizes, suppressions, file names and links between apps."""

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

MAX_MODULE_LINES = 300
MAX_TEST_MODULE_LINES = 400
MAX_FUNCTION_LINES = 40
MAX_VIEW_LINES = 20
LINES_PER_SUPPRESSION = 5_000  # of code, for each `noqa` or `type: ignore`
MAX_FILES = 18  # directly in a folder
MAX_LINE_LENGTH = 120
MAX_LONG_LINES_SHARE = 0.05  # of all characters of the templates
# Names that say nothing about the contents of a module.
MEANINGLESS_NAMES = {"utils", "helpers", "common", "core", "manager", "misc"}
# Which registry to use is up to whoever installs. Written in halves, so that this file passes its own test.
REGISTRY_HOSTS = [first + second for first, second in (("pyth", "onhosted"), ("py", "pi.org"), ("registry.npm", "js"))]


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
    """The location of each function, and its length in lines."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            yield f"{path.relative_to(PROJECT)}:{node.lineno} {node.name}", length


def test_modules_are_short() -> None:
    too_long = [
        path for path in modules() if lines_of(path) > (MAX_TEST_MODULE_LINES if is_test(path) else MAX_MODULE_LINES)
    ]
    assert too_long == []


def test_half_of_the_modules_have_at_most_80_lines() -> None:
    assert median(lines_of(path) for path in modules() if not is_test(path) and lines_of(path)) <= 80


def test_functions_and_views_are_short() -> None:
    too_long = []
    for path in modules():
        if not is_test(path):
            limit = MAX_VIEW_LINES if path.name.endswith("views.py") else MAX_FUNCTION_LINES
            too_long += [f"{location}: {length}" for location, length in functions(path) if length > limit]
    assert too_long == []


def test_suppressions_are_rare_and_give_a_reason() -> None:
    suppressions = [line for path in modules() for line in path.read_text().splitlines() if _is_suppression(line)]
    total = sum(lines_of(path) for path in modules())
    assert len(suppressions) <= max(1, total // LINES_PER_SUPPRESSION), suppressions
    assert [line for line in suppressions if not re.search(r"# (?:noqa: \w+|type: ignore\[[\w-]+\])  # \w", line)] == []


def _is_suppression(line: str) -> bool:
    return bool(re.search(r"# (?:no" + r"qa|type: ig" + r"nore)", line))


def test_no_module_or_folder_has_a_meaningless_name() -> None:
    names = {part for path in modules() for part in (*path.relative_to(PROJECT).parts[:-1], path.stem)}
    assert names & MEANINGLESS_NAMES == set()


def test_no_file_names_a_package_registry() -> None:
    found = []
    for path in tracked():
        text = path.read_bytes().decode(errors="replace")
        found += [f"{path.relative_to(PROJECT)}: {host}" for host in REGISTRY_HOSTS if host in text]
    assert found == []


def test_a_folder_has_few_files() -> None:
    """A longer list of names does not show a newcomer where to look. Larger apps have subpackages."""
    counts = Counter(path.parent for path in modules() if not is_test(path))
    assert {str(folder.relative_to(PROJECT)): count for folder, count in counts.items() if count > MAX_FILES} == {}


def test_each_test_file_mirrors_a_source_file() -> None:
    """tests/<path>/test_<name>.py tests <path>/<name>.py, or the package <path>/<name>/."""
    sources = {path.relative_to(PROJECT).with_suffix("") for path in modules() if not is_test(path)}
    sources |= {source.parent for source in sources}
    app_names = apps()
    for path in modules():
        test = path.relative_to(PROJECT / "tests") if is_test(path) else Path()
        if test.name.startswith("test_") and test.parts[0] in app_names:
            assert test.with_name(test.stem.removeprefix("test_")) in sources, f"{test} mirrors no source file"


def apps() -> set[str]:
    return {path.parent.name for path in modules() if path.name == "apps.py" and not is_test(path)} | {"memoryloop"}


def test_templates_keep_to_120_columns() -> None:
    """djlint breaks lines at tags and attributes, but Django requires a template tag to be on one line."""
    lines = [line for path in tracked() if path.suffix == ".html" for line in path.read_text().splitlines()]
    long = [line for line in lines if len(line) > MAX_LINE_LENGTH]
    assert sum(map(len, long)) <= MAX_LONG_LINES_SHARE * sum(map(len, lines)), long


def test_templates_link_only_to_their_own_app_and_to_apps_below() -> None:
    """The URL of an app above comes from the view."""
    configuration = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    [layers] = [
        contract["layers"] for contract in configuration["tool"]["importlinter"]["contracts"] if "layers" in contract
    ]
    ranks = {app.strip(): rank for rank, layer in enumerate(reversed(layers)) for app in layer.split("|")}
    upward = []
    for path in tracked():
        app = path.parent.name
        if path.suffix == ".html" and path.is_relative_to(PROJECT / "templates") and app in ranks:
            names = re.findall(r"""["']([a-z]+):[a-z_-]+["']""", path.read_text())
            upward += [f"{path.name}: {name}" for name in names if ranks.get(name, len(layers)) > ranks[app]]
    assert upward == []
