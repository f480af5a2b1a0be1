"""The shapes of the JSON API of keys and models."""

from datetime import datetime
from typing import Literal, Self

from ninja import Field, Schema
from pydantic import SecretStr

from base.api.schemas import RequestBody
from providers.models import ProviderKey
from providers.queries import KeyStatus
from providers.types import ModelInfo

KeyedProvider = Literal["claude"]


class NewKey(RequestBody):
    # A SecretStr, so that no traceback or error report prints it.
    key: SecretStr = Field(max_length=1000)


class KeyAnswer(Schema):
    """`valid` is null while the provider could not be asked; `detail` says why."""

    provider: str
    present: bool
    last4: str
    valid: bool | None
    detail: str
    validated_at: datetime | None

    @classmethod
    def of(cls, status: KeyStatus) -> Self:
        return cls.from_orm(status)


class Validation(RequestBody):
    provider: KeyedProvider = "claude"


class ValidationAnswer(Schema):
    valid: bool | None
    detail: str

    @classmethod
    def of(cls, key: ProviderKey) -> Self:
        return cls(valid=key.valid, detail=key.detail)


class Model(Schema):
    provider: str
    model: str
    label: str
    available: bool
    detail: str

    @classmethod
    def of(cls, model: ModelInfo) -> Self:
        return cls.from_orm(model)


class Models(Schema):
    items: list[Model]
