"""A new app is its own folder, a line in INSTALLED_APPS and a line among the layers. `tests/notebook` is one."""

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
    """In a process of its own: Django decides on its apps when it starts."""
    # As one more worker of this run, so that it uses the servers that are there.
    environment = {**os.environ, "PYTEST_XDIST_WORKER": "gw15"}
    command = [sys.executable, "-m", "pytest", "--ds=tests.notebook_settings", "-q", "tests/notebook_tour.py"]
    tour = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert tour.returncode == 0, tour.stdout + tour.stderr
    assert "5 passed" in tour.stdout


def test_one_line_gives_a_new_app_its_layer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contracts = (PROJECT / "pyproject.toml").read_text()
    layered = contracts.replace('    "memoryloop",\n', '    "memoryloop",\n    "tests.notebook",\n', 1)
    assert layered != contracts
    config = tmp_path / "pyproject.toml"
    config.write_text(layered.replace("root_packages = [", 'root_packages = ["tests", '))
    monkeypatch.chdir(PROJECT)
    assert lint_imports(str(config), limit_to_contracts=("layers",), no_cache=True) == 0


def test_the_new_app_is_small() -> None:
    code = [line for path in NOTEBOOK.glob("*.py") for line in path.read_text().splitlines() if line]
    assert len(code) <= 70
