"""A model's text read as the object that was asked for."""

from pydantic import ValidationError

from providers.errors import AnswerUnreadable
from providers.types import Shape


def read_as(schema: type[Shape], text: str) -> Shape:
    """Raises `AnswerUnreadable`; what the model wrote stays out of the error."""
    try:
        return schema.model_validate_json(text)
    except ValidationError:
        raise AnswerUnreadable from None
