"""Shapes that the JSON API of several apps shares."""

from pydantic import BaseModel


class ErrorOut(BaseModel):
    code: str
    detail: str
