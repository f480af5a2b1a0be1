"""`{% tree_drawing figure %}` and `{% tree_outline figure %}`: a skill tree with the mastery of its skills.

`{{ share|percentage }}` is a share from 0 to 1 as a percentage, or nothing for None.
"""

from django import template

from goals.drawing.outline import tree_outline
from goals.drawing.svg import tree_svg

register = template.Library()
register.simple_tag(tree_svg, name="tree_drawing")
register.simple_tag(tree_outline, name="tree_outline")


@register.filter
def percentage(share: float | None) -> str:
    return "" if share is None else f"{round(100 * share)}%"
