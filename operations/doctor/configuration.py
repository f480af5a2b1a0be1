"""Settings: values that are not valid, and values that are dangerous or contradict each other."""

import re
from collections.abc import Iterator, Sequence
from ipaddress import ip_address

from django.conf import settings

from accounts.models import User
from base.configuration import environment
from base.configuration.embedded import pool_size
from operations.checks.findings import Finding, failure, ok, warning

NAME_IN_FILE = re.compile(r"^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=", re.MULTILINE)
LOCAL_NAMES = {"localhost", "127.0.0.1", "[::1]", "::1"}


def validity() -> Sequence[Finding]:
    """Settings that have a value which is not valid, and lines of `.env` that are not settings."""
    findings = [
        failure(message, "MemoryLoop does not start before this is corrected.") for message in environment.bad_values
    ]
    unknown = _unknown_settings()
    if unknown:
        message = f".env sets what is not a setting of MemoryLoop: {', '.join(unknown)}."
        findings.append(warning(message, "Look for a mistake in writing; .env.example lists all settings."))
    return findings or [ok("All settings have valid values.")]


def _unknown_settings() -> list[str]:
    """Names in `.env`, which Docker Compose reads too, that no setting has."""
    path = settings.BASE_DIR / ".env"
    names = NAME_IN_FILE.findall(path.read_text()) if path.exists() else []
    ours = [name for name in names if not name.startswith(("COMPOSE_", "POSTGRES_"))]
    return sorted(set(ours) - set(environment.known))


def safety() -> Sequence[Finding]:
    """Settings that are dangerous on a network, and settings that contradict each other."""
    return [*_debug(), *_network(), *_proxy(), *_quotas()] or [ok("No setting is dangerous.")]


def _debug() -> Iterator[Finding]:
    if settings.DEBUG:
        level = failure if _is_public() else warning
        yield level("DEBUG is on: every visitor sees the source code around an error.", "Set DEBUG=false.")


def _network() -> Iterator[Finding]:
    if not _is_public():
        return
    if not settings.HTTPS_ONLY:
        yield warning(
            f"Others can reach the site (HOST is {settings.HOST}), and passwords cross the network unencrypted.",
            "Serve the site over https behind a proxy, and set HTTPS_ONLY=true and TRUSTED_PROXIES=1.",
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield warning(
            "ALLOWED_HOSTS contains *, so emails can be made to link to another site.",
            "Set ALLOWED_HOSTS to the names of the site.",
        )
    elif set(settings.ALLOWED_HOSTS) <= LOCAL_NAMES:
        yield warning(
            "Others can reach the site, but ALLOWED_HOSTS has no name besides localhost: their requests are rejected.",
            "Add the name of the site to ALLOWED_HOSTS.",
        )
    if settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        yield warning(
            "No mail server is configured: links for new passwords appear only in the output of the web process.",
            "Set EMAIL_URL.",
        )


def _proxy() -> Iterator[Finding]:
    if settings.HTTPS_ONLY and not settings.TRUSTED_PROXIES:
        yield failure(
            "HTTPS_ONLY is set and TRUSTED_PROXIES is 0, so every page redirects to itself.",
            "Set TRUSTED_PROXIES to the number of proxies that set X-Forwarded-Proto, usually 1.",
        )
    for origin in settings.CSRF_TRUSTED_ORIGINS:
        if settings.HTTPS_ONLY and origin.startswith("http://"):
            yield warning(
                f"CSRF_TRUSTED_ORIGINS contains {origin}, but the site is served over https only.",
                f"Write it as {origin.replace('http://', 'https://', 1)}, or remove it.",
            )


def _quotas() -> Iterator[Finding]:
    connections = pool_size()
    if connections <= settings.REQUESTS_AT_ONCE:
        yield warning(
            f"One user can take all {connections} connections to PostgreSQL (REQUESTS_AT_ONCE is "
            f"{settings.REQUESTS_AT_ONCE}).",
            "Set REQUESTS_AT_ONCE below DATABASE_POOL_SIZE.",
        )


def first_account() -> Sequence[Finding]:
    """Whoever signs up first on an empty server becomes its operator."""
    if User.objects.exists():
        return [
            ok("The server has an operator." if User.objects.filter(is_staff=True).exists() else "There are users.")
        ]
    if settings.SIGNUP_OPEN and _is_public():
        return [
            failure(
                "Nobody has an account, and whoever signs up first becomes the operator of this server.",
                "Sign up now, or run manage.py createsuperuser.",
            )
        ]
    return [ok("Nobody has an account yet; the first one becomes the operator.")]


def _is_public() -> bool:
    """Whether other hosts can reach the site: directly, or through a proxy that serves it over https."""
    try:
        return bool(settings.HTTPS_ONLY) or not ip_address(settings.HOST).is_loopback
    except ValueError:
        return bool(settings.HOST != "localhost")
