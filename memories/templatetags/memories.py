"""The records of memories in lists and on their pages."""

import json

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from memories.models import Memory
from memories.records import display
from memories.records.display import ShownField, ShownLines
from memories.search.queries import FoundMemory
from search.joint_search import SearchResult

register = template.Library()


@register.filter
def memory_title(memory: Memory) -> str:
    """What the record says first, as one line."""
    return display.title_of(json.loads(memory.body)) or _("Empty memory")


@register.simple_tag
def memory_heading(result: SearchResult) -> SafeString:
    """The title of a memory that was found, with the words of the query marked."""
    return result.marker.snippet(memory_title(result.row))


@register.simple_tag
def memory_snippet(result: SearchResult | FoundMemory) -> SafeString:
    """The part of the record that was found, with the words of the query marked and its fields apart."""
    return result.marker.snippet(" · ".join(result.text.splitlines()))


@register.filter
def memory_fields(memory: Memory) -> list[ShownField]:
    return display.shown_fields(json.loads(memory.body))


@register.filter
def memory_lines(memory: Memory) -> ShownLines:
    """The first fields, without those that the line below the title has."""
    columns = {
        "date": memory.date.isoformat() if memory.date else "",
        "task": memory.task,
        "component": memory.component,
        "source": memory.source,
    }
    return display.shown_lines(json.loads(memory.body), leave_out=columns)


@register.filter
def memory_json(memory: Memory) -> str:
    """The record with an indented line for each value."""
    return json.dumps(json.loads(memory.body), ensure_ascii=False, indent=2)
