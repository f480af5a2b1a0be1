"""A skill tree as a nested list: on phones, for the keyboard and for screen readers."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from base.templatetags.icons import icon
from goals.drawing.figure import TreeFigure
from goals.trees.queries import Skill


def tree_outline(figure: TreeFigure) -> SafeString:
    return SafeString(_Outline.of(figure).list(figure.tree.branches))


@dataclass(frozen=True)
class _Outline:
    """What all items share, translated once. As in `goals.drawing.svg`, whatever a user wrote is escaped here."""

    figure: TreeFigure
    no_cards: SafeString
    no_note: SafeString
    known: SafeString
    fading: SafeString

    @classmethod
    def of(cls, figure: TreeFigure) -> "_Outline":
        note = '<span class="outline-note">{}</span>'
        fading = format_html("{} {}", icon("trending-down", 14), _("fading"))
        return cls(figure, *(format_html(note, text) for text in (_("no cards yet"), "", _("known"), fading)))

    def list(self, skills: Sequence[Skill]) -> str:
        return f"<ul>{''.join(map(self._item, skills))}</ul>" if skills else ""

    def _item(self, skill: Skill) -> str:
        return (
            f'<li><div class="outline-skill"><a href="{escape(self.figure.url_of(skill.id))}" dir="auto">'
            f"{escape(skill.title)}</a>{self._figures(skill)}</div>{self.list(skill.children)}</li>"
        )

    def _figures(self, skill: Skill) -> str:
        percent, fading = self.figure.percent(skill), self.figure.is_fading(skill)
        if percent is None:
            return self.no_cards
        note = self.fading if fading else self.no_note if self.figure.has_cards(skill) else self.known
        return (
            f'{note}<progress aria-hidden="true" class="{"hard" if fading else "good"}" max="100" value="{percent}">'
            f'</progress><span class="outline-percent">{percent}%</span>'
        )
