"""The container files match the project: commands, settings, services and volumes."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from celery.bin.worker import worker
from django.core.management import get_commands

from base.configuration import environment
from operations.web import server
from tests.base.configuration.test_environment import documented

PROJECT = Path(__file__).resolve().parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("image") == "memoryloop"}
RUN_ONCE = {"prepare", "ollama-model"}
# The image and the published port set these. DEBUG is for development only.
NOT_PASSED_ON = {"DATA_DIR", "HOST", "PORT", "DEBUG"}


def dockerfile() -> dict[str, list[str]]:
    text = re.sub(r"(?m)^\s*#.*\n", "", (PROJECT / "Dockerfile").read_text()).replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line]
    return {name: [rest for other, rest in lines if other == name] for name, _ in lines}


def test_every_process_has_a_service() -> None:
    assert {"web", "worker", "postgres", "valkey", "ollama", *RUN_ONCE} == set(SERVICES)
    assert {"web", "worker", "prepare"} == set(OURS)


def test_every_long_running_service_has_a_health_check() -> None:
    assert {name for name, service in SERVICES.items() if "healthcheck" not in service} == RUN_ONCE


def test_services_wait_for_services_with_a_health_check() -> None:
    for service in SERVICES.values():
        for name, condition in service.get("depends_on", {}).items():
            expected = "service_completed_successfully" if name in RUN_ONCE else "service_healthy"
            assert condition["condition"] == expected
            assert expected != "service_healthy" or "healthcheck" in SERVICES[name]


def test_every_volume_is_declared_and_all_state_is_in_volumes() -> None:
    used = {volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert used == set(COMPOSE["volumes"])
    assert {"postgres", "valkey", "data"} <= used


def test_containers_get_every_setting_of_the_project() -> None:
    for name, service in OURS.items():
        owners = {"DATABASE_OWNER_URL"} if name == "web" else set()  # for migrations and scheduled backups
        assert set(service["environment"]) == set(documented()) - NOT_PASSED_ON - owners
    in_image = re.findall(r"(\w+)=", " ".join(dockerfile()["ENV"]))
    assert "DATA_DIR" in in_image
    assert environment.known.keys() >= {"DATA_DIR"}


def test_celery_accepts_the_command_of_the_worker() -> None:
    command = SERVICES["worker"]["command"]
    assert command[:4] == ["celery", "-A", "memoryloop", "worker"]
    known = {word for option in worker.params for word in option.opts}
    assert {word for word in command[4:] if word.startswith("-")} <= known


def test_the_image_serves_with_the_limits_of_up() -> None:
    assert yaml.safe_load(dockerfile()["CMD"][0]) == ["python", "-m", server.__name__]
    assert "HOST=0.0.0.0" in dockerfile()["ENV"][0].split()


def test_every_command_of_the_image_creates_private_files() -> None:
    entry: list[str] = yaml.safe_load(dockerfile()["ENTRYPOINT"][0])
    code = "import os; print(oct(os.umask(0)))"
    result = subprocess.run([*entry, sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "0o77\n"


def test_every_management_command_in_the_compose_file_exists() -> None:
    text = (PROJECT / "docker-compose.yml").read_text()
    named = set(re.findall(r"manage\.py, (\w+)", text))
    assert named == {"prepare", "worker_seen"}
    assert named <= set(get_commands())


def test_the_image_does_not_run_as_root_and_copies_files_that_exist() -> None:
    entries = dockerfile()
    assert entries["USER"] == ["memoryloop"]
    assert (PROJECT / entries["COPY"][0].split()[0]).is_file()
    assert "--require-hashes" in entries["RUN"][0]
    assert {".env", "data", ".venv", ".git"} <= set((PROJECT / ".dockerignore").read_text().split())


def test_the_compose_file_contains_no_password() -> None:
    text = (PROJECT / "docker-compose.yml").read_text()
    assert re.findall(r"PASSWORD: (?!\$\{POSTGRES_PASSWORD:\?)", text) == []
