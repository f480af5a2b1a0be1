import ast
import platform
from pathlib import Path

import pytest

from search.errors import IndexDamaged, IndexUnavailable
from search.index import lancedb_client
from tests.processes import PROJECT
from tests.waiting import wait_until

APPS = ("accounts", "base", "chat", "flashcards", "memoryloop", "operations", "providers", "quiz", "search")


def test_avx2_is_read_from_the_flags_of_the_processor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text("flags : fpu sse4_2 avx\n")
    new.write_text("flags : fpu sse4_2 avx avx2 bmi2\n")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    assert not lancedb_client.has_avx2(old)
    assert lancedb_client.has_avx2(new)
    assert lancedb_client.has_avx2(tmp_path / "not Linux")
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    assert lancedb_client.has_avx2(old)


def test_without_avx2_lancedb_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lancedb_client, "has_avx2", lambda: False)
    lancedb_client.lancedb_api.cache_clear()
    try:
        with pytest.raises(IndexUnavailable):
            lancedb_client.lancedb_api()
    finally:
        lancedb_client.lancedb_api.cache_clear()


def test_lancedb_is_imported_in_the_background() -> None:
    lancedb_client.lancedb_api.cache_clear()
    lancedb_client.warm_up()
    wait_until(lambda: lancedb_client.lancedb_api.cache_info().currsize, 30)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lance error: Not found: x/m.lance/_versions", IndexDamaged),
        ("Table 'm' was not found", IndexDamaged),
        ("FTS field path 'text' does not exist in the dataset schema", IndexDamaged),
        ("Retryable commit conflict for version 7", IndexUnavailable),
        ("No space left on device", IndexUnavailable),
    ],
)
def test_errors_are_translated_by_their_text(text: str, expected: type[Exception]) -> None:
    with pytest.raises(IndexUnavailable) as caught, lancedb_client.translate_errors():
        raise RuntimeError(text)
    assert type(caught.value) is expected


def test_only_one_module_imports_lancedb_and_only_inside_a_function() -> None:
    importers = {
        str(path.relative_to(PROJECT))
        for app in APPS
        for path in (PROJECT / app).rglob("*.py")
        if any(name.startswith("lancedb") for name in _imported(path))
    }
    assert importers == {"search/index/lancedb_client.py"}
    tree = ast.parse((PROJECT / "search/index/lancedb_client.py").read_text())
    assert not any("lancedb" in ast.dump(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom))


def _imported(path: Path) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
    return names
