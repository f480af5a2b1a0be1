"""Dangerous and contradictory settings, each with what to do."""

from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from base.configuration import environment
from operations.doctor.configuration import first_account, safety, validity
from tests.factories import UserFactory

PUBLIC = {"HOST": "203.0.113.7", "HTTPS_ONLY": True, "TRUSTED_PROXIES": 1, "ALLOWED_HOSTS": ["memory.example.org"]}
PUBLIC |= {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend"}


def test_bad_values_are_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "bad_values", ["DEBUG is 'perhaps'; set it to true or false."])
    [finding] = validity()
    assert (finding.level, finding.message) == ("failure", "DEBUG is 'perhaps'; set it to true or false.")


def test_a_misspelled_name_in_the_settings_file_is_found(settings: Settings, tmp_path: Path) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / ".env").write_text("PORT=8000\n# ALOWED_HOSTS=*\n export ALOWED_HOST=x\nPOSTGRES_PASSWORD=x\n")
    [finding] = validity()
    assert (finding.level, "ALOWED_HOST." in finding.message) == ("warning", True)
    (tmp_path / ".env").write_text("PORT=8000\n")
    assert validity()[0].level == "ok"


@pytest.mark.parametrize(
    ("changes", "level", "words"),
    [
        ({}, "ok", "No setting is dangerous."),
        ({"DEBUG": True}, "failure", "Set DEBUG=false."),
        ({"DEBUG": True, "HOST": "127.0.0.1", "HTTPS_ONLY": False}, "warning", "Set DEBUG=false."),
        ({"HTTPS_ONLY": False}, "warning", "passwords cross the network unencrypted"),
        ({"ALLOWED_HOSTS": ["*"]}, "warning", "ALLOWED_HOSTS contains *"),
        ({"ALLOWED_HOSTS": ["localhost"]}, "warning", "Add the name of the site to ALLOWED_HOSTS."),
        ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, "warning", "Set EMAIL_URL."),
        ({"TRUSTED_PROXIES": 0}, "failure", "every page redirects to itself"),
        ({"CSRF_TRUSTED_ORIGINS": ["http://memory.example.org"]}, "warning", "Write it as https://memory.example.org"),
        ({"REQUESTS_AT_ONCE": 24}, "warning", "Set REQUESTS_AT_ONCE below DATABASE_POOL_SIZE."),
    ],
)
def test_a_dangerous_setting_is_found(settings: Settings, changes: dict[str, Any], level: str, words: str) -> None:
    for name, value in {**PUBLIC, **changes}.items():
        setattr(settings, name, value)
    [finding] = safety()
    assert finding.level == level
    assert words in f"{finding.message} {finding.advice}"


def test_a_server_for_this_machine_alone_needs_no_https(settings: Settings) -> None:
    settings.HOST, settings.HTTPS_ONLY = "127.0.0.1", False
    assert [finding.level for finding in safety()] == ["ok"]


@pytest.mark.django_db
def test_an_empty_public_server_without_its_operator_is_a_failure(settings: Settings) -> None:
    settings.HOST = "203.0.113.7"
    assert [finding.level for finding in first_account()] == ["failure"]
    settings.SIGNUP_OPEN = False
    assert [finding.level for finding in first_account()] == ["ok"]
    settings.SIGNUP_OPEN = True
    UserFactory()
    assert [finding.level for finding in first_account()] == ["ok"]
