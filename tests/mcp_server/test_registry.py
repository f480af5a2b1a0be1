"""What registers itself does not import the library, which is loaded with the first request and not at the start."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.processes import PROJECT

SERVER = PROJECT / "mcp_server"


def test_only_the_protocol_imports_the_library_and_only_the_command_imports_the_protocol_at_its_start() -> None:
    importers = {
        path
        for path in SERVER.rglob("*.py")
        if {"mcp", "mcp_types"} & {name.partition(".")[0] for name in imports(path)}
    }
    assert importers == {SERVER / "protocol.py"}
    of_protocol = {path for path in SERVER.rglob("*.py") if "mcp_server.protocol" in imports(path)}
    assert of_protocol == {SERVER / "management/commands/mcp.py"}


def imports(path: Path) -> set[str]:
    """The modules that this one imports when it is imported itself."""
    return set(_imports(ast.parse(path.read_text())))


def _imports(module: ast.Module) -> Iterator[str]:
    for statement in module.body:
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        if isinstance(statement, ast.ImportFrom):
            yield statement.module or ""
