"""Schemas that the APIs of several apps share."""

from pydantic import BaseModel


class ErrorOut(BaseModel):
    code: str
    detail: str
