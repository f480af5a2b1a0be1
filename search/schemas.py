"""The API's answer to a joint search, made of the kinds that apps have registered."""

from functools import cache, reduce
from operator import or_
from types import GenericAlias
from typing import Any, Literal

from django.utils.module_loading import import_string
from pydantic import BaseModel, create_model

from search.joint_search import SearchResults
from search.kinds import Kind, kinds

DESCRIPTION = """`counts` has the number of results of each kind that was searched, at most 100.

`notice` says what the search could not do, such as finding by meaning while the embedding model is unavailable."""


@cache
def answer_model() -> type[BaseModel]:
    """To be called once all apps have registered their kinds."""
    result: Any = reduce(or_, (_result_model(kind) for kind in kinds()))
    counts: dict[str, Any] = {kind.name: (int | None, None) for kind in kinds()}
    fields: dict[str, Any] = {
        "items": (GenericAlias(list, (result,)), ...),
        "counts": (create_model("ResultCounts", **counts), ...),
        "notice": (str | None, None),
    }
    return create_model("JointSearchAnswer", __doc__=DESCRIPTION, **fields)


def _result_model(kind: Kind) -> type[BaseModel]:
    fields: dict[str, Any] = {
        "kind": (Literal[kind.name], ...),
        "item": (import_string(kind.schema), ...),
        "score": (float, ...),
        "highlight": (str, ...),
    }
    return create_model(f"{kind.name.title()}Result", **fields)


def answer(results: SearchResults) -> BaseModel:
    items = [
        {
            "kind": result.kind.name,
            "item": import_string(result.kind.schema).of(result.row),
            "score": result.score,
            "highlight": result.highlight,
        }
        for result in results.items
    ]
    return answer_model().model_validate({"items": items, "counts": results.counts, "notice": results.notice})
