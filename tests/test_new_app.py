"""A new app needs its own folder, a line in INSTALLED_APPS and a line among the layers. `tests/notebook` is one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

PROJECT = Path(__file__).resolve().parent.parent
NOTEBOOK = PROJECT / "tests" / "notebook"


@pytest.mark.slow
def test_a_new_app_has_a_table_a_page_an_api_an_index_an_export_and_a_periodic_task() -> None:
    """Runs in its own process, because Django reads INSTALLED_APPS only once."""
    # Posing as another xdist worker makes it use the servers of this run.
    environment = {**os.environ, "PYTEST_XDIST_WORKER": "gw15"}
    command = [sys.executable, "-m", "pytest", "--ds=tests.notebook_settings", "-q", "tests/notebook_tests.py"]
    result = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "5 passed" in result.stdout


def test_one_line_adds_a_new_app_to_the_layers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = (PROJECT / "pyproject.toml").read_text()
    with_notebook = configuration.replace('    "memoryloop",\n', '    "memoryloop",\n    "tests.notebook",\n', 1)
    assert with_notebook != configuration
    config = tmp_path / "pyproject.toml"
    config.write_text(with_notebook.replace("root_packages = [", 'root_packages = ["tests", '))
    monkeypatch.chdir(PROJECT)
    assert lint_imports(str(config), limit_to_contracts=("layers",), no_cache=True) == 0


def test_the_new_app_is_small() -> None:
    code = [line for path in NOTEBOOK.glob("*.py") for line in path.read_text().splitlines() if line]
    assert len(code) <= 70
