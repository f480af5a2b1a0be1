"""Whether the Claude API can be reached, for the doctor."""

import requests
from django.conf import settings
from django.utils.translation import gettext as _

from providers.models import ProviderName
from providers.types import ProviderStatus

TIMEOUT = (2.0, 3.0)  # seconds to connect and for each read
# Without a key the API answers 401. A proxy that adds a key of its own answers 200.
EXPECTED = (requests.codes.ok, requests.codes.unauthorized)


def claude_status(*, in_use: bool) -> ProviderStatus:
    """Ask ANTHROPIC_BASE_URL without a key: the keys are the users' own. `in_use`: whether a user has one."""
    try:
        response = requests.get(f"{settings.ANTHROPIC_BASE_URL}/v1/models", timeout=TIMEOUT, allow_redirects=False)
    except requests.RequestException as error:
        detail = _("The Claude API at ANTHROPIC_BASE_URL can't be reached (%(error)s).") % {
            "error": type(error).__name__
        }
        return ProviderStatus(ProviderName.CLAUDE.value, in_use, available=False, detail=detail)
    if response.status_code in EXPECTED:
        return ProviderStatus(ProviderName.CLAUDE.value, in_use, available=True)
    detail = _("The server at ANTHROPIC_BASE_URL answers HTTP %(status)s.") % {"status": response.status_code}
    return ProviderStatus(ProviderName.CLAUDE.value, in_use, available=False, detail=detail)
