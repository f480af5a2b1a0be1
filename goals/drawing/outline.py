"""A skill tree as a nested list: on phones, for the keyboard and for screen readers."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from base.templatetags.icons import icon
from goals.drawing.figure import TreeFigure
from goals.trees.queries import Skill


def tree_outline(figure: TreeFigure) -> SafeString:
    return _list(figure, figure.tree.branches)


def _list(figure: TreeFigure, skills: Sequence[Skill]) -> SafeString:
    if not skills:
        return SafeString("")
    return format_html("<ul>{}</ul>", format_html_join("", "{}", ((_item(figure, skill),) for skill in skills)))


def _item(figure: TreeFigure, skill: Skill) -> SafeString:
    return format_html(
        '<li><div class="outline-skill"><a href="{}" dir="auto">{}</a>{}</div>{}</li>',
        figure.url_of(skill.id),
        skill.title,
        _figures(figure, skill),
        _list(figure, skill.children),
    )


def _figures(figure: TreeFigure, skill: Skill) -> SafeString:
    percent, fading = figure.percent(skill), figure.is_fading(skill)
    if percent is None:
        return format_html('<span class="outline-note">{}</span>', _("no cards yet"))
    known = "" if figure.has_cards(skill) else _("known")
    return format_html(
        '<span class="outline-note">{}</span>'
        '<progress aria-hidden="true" class="{}" max="100" value="{}"></progress>'
        '<span class="outline-percent">{}%</span>',
        format_html("{} {}", icon("trending-down", 14), _("fading")) if fading else known,
        "hard" if fading else "good",
        percent,
        percent,
    )
