"""`{% tree_drawing figure %}` and `{% tree_outline figure %}`: a skill tree with the mastery of its skills."""

from django import template

from goals.drawing.outline import tree_outline
from goals.drawing.svg import tree_svg

register = template.Library()
register.simple_tag(tree_svg, name="tree_drawing")
register.simple_tag(tree_outline, name="tree_outline")
