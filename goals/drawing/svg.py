"""The drawing of a skill tree as SVG, built here because a template takes 0.2 ms for each skill."""

from django.utils.html import format_html, format_html_join
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
    return format_html(
        '<svg class="tree-drawing" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">'
        '<path class="tree-lines" d="{}"/>{}{}</svg>',
        layout.width,
        layout.height,
        "".join(layout.curves),
        _root(figure.title, layout.root),
        format_html_join("", "{}", ((_skill(figure, skill, layout.boxes[skill.id]),) for skill in figure.tree)),
    )


def _root(title: str, box: Box) -> SafeString:
    label = shortened(title, 0.9 * (box.width - 2 * PADDING))  # it is bold
    return format_html(
        '<g class="tree-root"><title>{}</title>{}{}</g>', title, _rectangle(box), _text(label, box.x + PADDING, box)
    )


def _skill(figure: TreeFigure, skill: Skill, box: Box) -> SafeString:
    percent = figure.percent(skill)
    room = box.width - 2 * PADDING - (0 if percent is None else ROOM_FOR_PERCENT)
    return format_html(
        '<a href="{}" tabindex="-1" class="tree-skill{}"><title>{}</title>{}{}{}{}</a>',
        figure.url_of(skill.id),
        " fading" if figure.is_fading(skill) else "",
        skill.title,
        _rectangle(box),
        _fill(percent or 0, box),
        _text(shortened(skill.title, room), box.x + PADDING, box),
        _percent(percent, fading=figure.is_fading(skill), box=box),
    )


def _rectangle(box: Box) -> SafeString:
    return format_html('<rect x="{}" y="{}" width="{}" height="{}" rx="8"/>', box.x, box.y, box.width, BOX_HEIGHT)


def _fill(percent: int, box: Box) -> SafeString:
    width, y = round((box.width - 2 * PADDING) * percent / 100), box.y + BOX_HEIGHT - FILL_HEIGHT - 1
    bar = '<rect class="tree-fill" x="{}" y="{}" width="{}" height="{}" rx="2"/>'
    return format_html(bar, box.x + PADDING, y, width, FILL_HEIGHT)


def _text(label: str, x: int, box: Box) -> SafeString:
    return format_html('<text x="{}" y="{}">{}</text>', x, box.middle, label)


def _percent(percent: int | None, *, fading: bool, box: Box) -> SafeString:
    if percent is None:
        return SafeString("")
    text = '<text class="tree-percent" x="{}" y="{}">{}{}%</text>'
    return format_html(text, box.right - PADDING, box.middle, "↓ " if fading else "", percent)
