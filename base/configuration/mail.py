"""Django's EMAIL settings."""

from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from base.configuration.environment import add_error, text


def mail(name: str) -> dict[str, Any]:
    """Django's EMAIL settings from one URL. By default email is written to the console."""
    try:
        config = environ.Env.email_url_config(text(name, default="consolemail://"))
    except (ImproperlyConfigured, ValueError):
        add_error(f"{name} is not understood; write it as smtp+tls://user:password@host:587 or consolemail://.")
        return {}
    return dict(config)
