"""The drawing and the outline of one tree have the same links and figures."""

import re
from dataclasses import dataclass
from uuid import UUID, uuid4

from goals.drawing.figure import TreeFigure
from goals.drawing.outline import tree_outline
from goals.drawing.svg import tree_svg
from goals.trees.queries import Skill, Tree


@dataclass(frozen=True)
class Shown:
    percent: int | None = None
    cards: int = 0
    fading: bool = False


def skill(title: str, *children: Skill) -> Skill:
    return Skill(uuid4(), None, title, "", 1, 0, None, None, (), (), children)


def below(branch: Skill, child: Skill) -> Skill:
    fields = vars(child) | {"parent_id": branch.id, "depth": 2}
    return Skill(**vars(branch) | {"children": (*branch.children, Skill(**fields))})


def figure_of(tree: Tree, masteries: dict[UUID, Shown]) -> TreeFigure:
    return TreeFigure("<b>Spanish</b>", tree, masteries, lambda skill_id: f"/skills/{skill_id}/")


def test_a_tree_is_drawn_and_listed_with_mastery() -> None:
    child = skill("Past tense of <i>ser</i> B")
    branch, known, empty = below(skill("Grammar A"), child), skill("Sounds C"), skill("Travel D")
    tree = Tree(uuid4(), uuid4(), "accepted", "manual", 1, (branch, known, empty))
    masteries = {
        branch.id: Shown(62, cards=3),
        child.id: Shown(30, cards=1, fading=True),
        known.id: Shown(97),
    }
    figure = figure_of(tree, masteries)
    for html in (str(tree_svg(figure)), str(tree_outline(figure))):
        assert re.findall(r'href="([^"]+)"', html) == [f"/skills/{skill.id}/" for skill in tree]
        assert re.findall(r"(\d+)%<", html) == ["62", "30", "97"]
        assert "Past tense of &lt;i&gt;ser&lt;/i&gt; B" in html
        assert "<i>" not in html
    assert tree_svg(figure).count('class="tree-skill fading"') == 1
    assert "&lt;b&gt;Spanish&lt;/b&gt;" in tree_svg(figure)
    outline = tree_outline(figure)
    assert outline.count("<ul>") == 2
    assert [outline.count(note) for note in ("fading<", "known<", "no cards yet<")] == [1, 1, 1]
