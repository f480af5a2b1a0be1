"""The drawing of a skill tree as SVG, built here because a template takes 0.2 ms for each skill.

Numbers need no escaping, so f-strings write them: `format_html` would escape each, which took half of a page's time.
Everything else, which is what a user wrote and addresses, goes through `escape`.
"""

from django.utils.html import escape
from django.utils.safestring import SafeString

from goals.drawing.figure import TreeFigure
from goals.drawing.layout import BOX_HEIGHT, Box, lay_out, shortened
from goals.trees.queries import Skill

PADDING = 10
ROOM_FOR_PERCENT = 52  # at the right end of a box, with the arrow of a fading skill
FILL_HEIGHT = 4


def tree_svg(figure: TreeFigure) -> SafeString:
    """For the mouse: the outline has the same links and figures for the keyboard, screen readers and phones."""
    layout = lay_out([(skill.id, skill.parent_id) for skill in figure.tree])
    skills = "".join(_skill(figure, skill, layout.boxes[skill.id]) for skill in figure.tree)
    return SafeString(
        f'<svg class="tree-drawing" viewBox="0 0 {layout.width} {layout.height}" aria-hidden="true" focusable="false">'
        f'<path class="tree-lines" d="{"".join(layout.curves)}"/>{_root(figure.title, layout.root)}{skills}</svg>'
    )


def _root(title: str, box: Box) -> str:
    label = shortened(title, 0.9 * (box.width - 2 * PADDING))  # it is bold
    return f'<g class="tree-root"><title>{escape(title)}</title>{_rectangle(box)}{_text(label, box)}</g>'


def _skill(figure: TreeFigure, skill: Skill, box: Box) -> str:
    percent, fading = figure.percent(skill), figure.is_fading(skill)
    room = box.width - 2 * PADDING - (0 if percent is None else ROOM_FOR_PERCENT)
    return (
        f'<a href="{escape(figure.url_of(skill.id))}" tabindex="-1" class="tree-skill{" fading" if fading else ""}">'
        f"<title>{escape(skill.title)}</title>{_rectangle(box)}{_fill(percent or 0, box)}"
        f"{_text(shortened(skill.title, room), box)}{_percent(percent, fading=fading, box=box)}</a>"
    )


def _rectangle(box: Box) -> str:
    return f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{BOX_HEIGHT}" rx="8"/>'


def _fill(percent: int, box: Box) -> str:
    width, y = round((box.width - 2 * PADDING) * percent / 100), box.y + BOX_HEIGHT - FILL_HEIGHT - 1
    return f'<rect class="tree-fill" x="{box.x + PADDING}" y="{y}" width="{width}" height="{FILL_HEIGHT}" rx="2"/>'


def _text(label: str, box: Box) -> str:
    return f'<text x="{box.x + PADDING}" y="{box.middle}">{escape(label)}</text>'


def _percent(percent: int | None, *, fading: bool, box: Box) -> str:
    if percent is None:
        return ""
    x = box.right - PADDING
    return f'<text class="tree-percent" x="{x}" y="{box.middle}">{"↓ " if fading else ""}{percent}%</text>'
