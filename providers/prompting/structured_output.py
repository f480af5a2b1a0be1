"""A model's JSON answer, validated."""

from pydantic import ValidationError

from providers.errors import AnswerUnreadable
from providers.types import StructuredAnswer


def parse_answer(schema: type[StructuredAnswer], text: str) -> StructuredAnswer:
    """The answer as an object of `schema`. Raises AnswerUnreadable, which does not quote the model's text."""
    try:
        return schema.model_validate_json(text)
    except ValidationError:
        raise AnswerUnreadable from None
