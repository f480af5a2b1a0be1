"""The anthropic SDK's errors as provider errors. The API's own message is left out, as it may quote the request."""

from collections.abc import Iterator
from contextlib import contextmanager

import anthropic
import httpx2
from django.utils.translation import gettext as _

from providers import errors
from providers.errors import ProviderError

# The body names the type of the error. In a stream, whose HTTP status is 200, nothing else does.
BY_TYPE: dict[str, type[ProviderError]] = {
    "authentication_error": errors.KeyRefused,
    "permission_error": errors.KeyRefused,
    "billing_error": errors.SpendLimit,
    "overloaded_error": errors.ProviderBusy,
    "timeout_error": errors.ProviderSlow,
    "invalid_request_error": errors.RequestRejected,
}
BY_STATUS: dict[int, type[ProviderError]] = {
    400: errors.RequestRejected,
    401: errors.KeyRefused,
    402: errors.SpendLimit,
    403: errors.KeyRefused,
    408: errors.ProviderSlow,
    413: errors.TooLong,
    422: errors.RequestRejected,
    503: errors.ProviderBusy,
    504: errors.ProviderSlow,
    529: errors.ProviderBusy,
}
BY_STOP: dict[str, type[ProviderError]] = {
    "max_tokens": errors.AnswerCutShort,
    "refusal": errors.ProviderRefused,
    "model_context_window_exceeded": errors.TooLong,
}


def error_for_stop(reason: str) -> ProviderError | None:
    """The error for this stop reason; None if the answer ended normally."""
    kind = BY_STOP.get(reason)
    return kind() if kind else None


@contextmanager
def translate_errors(model: str = "") -> Iterator[None]:
    """Raises ProviderErrors for the SDK's errors, `from None` because those contain the request and so the key."""
    try:
        yield
    except anthropic.APIStatusError as error:
        raise _for_status(error, model) from None
    except anthropic.APITimeoutError as error:
        no_connection = isinstance(error.__cause__, httpx2.ConnectTimeout)
        raise _down() if no_connection else errors.ProviderSlow() from None
    except anthropic.APIConnectionError:
        raise _down() from None
    except httpx2.TimeoutException:
        raise errors.ProviderSlow from None
    except httpx2.HTTPError:
        raise errors.StreamBroken from None
    except (anthropic.AnthropicError, ValueError, AttributeError, TypeError):
        # The response is not the API's, but that of another server or a proxy.
        raise ProviderError(_("Claude's answer could not be read. Try again in a moment.")) from None


def _for_status(error: anthropic.APIStatusError, model: str) -> ProviderError:
    if error.type == "not_found_error" or error.status_code == 404:
        message = _("The model %(model)s is not available with this key. Choose another one.") % {"model": model}
        return errors.ModelMissing(message if model else None)
    if error.type == "rate_limit_error" or error.status_code == 429:
        return _rate_limit(error)
    kind = BY_TYPE.get(error.type or "") or BY_STATUS.get(error.status_code)
    if kind is not None:
        return kind()
    if 300 <= error.status_code < 400:
        return errors.ProviderDown(_("ANTHROPIC_BASE_URL is redirected. Ask the operator to check it."))
    return ProviderError(_("Claude had an internal error. Try again in a moment."))


def _rate_limit(error: anthropic.APIStatusError) -> ProviderError:
    """A 429 without `retry-after` means that the spending limit is reached, so waiting would not help."""
    after = error.response.headers.get("retry-after", "")
    if error.status_code == 429 and not after:
        return errors.SpendLimit()
    seconds = int(float(after)) if after.replace(".", "", 1).isdigit() else None
    return errors.ProviderBusy(_("Claude's rate limit is reached. Wait a minute and try again."), retry_after=seconds)


def _down() -> errors.ProviderDown:
    return errors.ProviderDown(_("Claude can't be reached. Check this server's internet connection, then try again."))
