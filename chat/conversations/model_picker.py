"""The options of the model picker: one value, `provider:model`, for each model that a user can choose."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from providers.gateway import find_model
from providers.models import ProviderName
from providers.types import ModelInfo


@dataclass(frozen=True)
class ModelOption:
    """`disabled_because` is empty for a model that can be chosen."""

    value: str
    label: str
    selected: bool = True
    disabled_because: str = ""


def value_of(provider: str, model: str) -> str:
    return f"{provider}:{model}"


def chosen_option(*, provider: str, model: str) -> ModelOption:
    """The option for a model, without asking its provider. If `model` is empty, the label is the provider's name."""
    return ModelOption(value_of(provider, model), model or str(dict(ProviderName.choices).get(provider, provider)))


def model_options(models: Sequence[ModelInfo], *, chosen: str) -> list[ModelOption]:
    """All models. If `chosen` is not among them, it comes first, marked as unavailable.

    Without it the browser would select another model, and the chat would silently switch to that one.
    """
    provider, _colon, model = chosen.partition(":")
    found = find_model(models, provider=provider, model=model)
    options = [_option(listed, selected=listed == found) for listed in models]
    if found:
        return options
    label = _("%(model)s (unavailable)") % {"model": chosen_option(provider=provider, model=model).label}
    return [ModelOption(chosen, label), *options]


def _option(model: ModelInfo, *, selected: bool) -> ModelOption:
    reason = "" if model.available else model.detail or _("Unavailable")
    return ModelOption(value_of(model.provider, model.model), model.label, selected, reason)
