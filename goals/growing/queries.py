"""Reads of tree runs and proposals, for pages and the API."""

from dataclasses import dataclass

from goals.errors import BranchDeleted
from goals.growing.corrections import Report, reports
from goals.models import Goal, SkillTree, TreeRun, TreeRunStatus, TreeStatus
from goals.trees.accepting import Consequences, consequences
from goals.trees.queries import Skill, Tree, read_tree
from providers.models import ProviderName


@dataclass(frozen=True)
class ProposedSkill:
    """A skill as the page of the proposal shows it. `requires` has the titles of its prerequisites."""

    title: str
    description: str
    requires: list[str]
    children: "list[ProposedSkill]"


@dataclass(frozen=True)
class Proposal:
    """A proposed tree to decide on. `consequences` is None if the skill that it was made for has been deleted."""

    row: SkillTree
    tree: Tree
    reports: list[Report]
    consequences: Consequences | None

    @property
    def count(self) -> int:
        return len(list(self.tree))

    @property
    def skills(self) -> list[ProposedSkill]:
        titles = {skill.id: skill.title for skill in self.tree}

        def shown(skill: Skill) -> ProposedSkill:
            requires = [titles[pk] for pk in skill.requires if pk in titles]
            return ProposedSkill(skill.title, skill.description, requires, [shown(child) for child in skill.children])

        return [shown(branch) for branch in self.tree.branches]

    @property
    def is_by_tutor(self) -> bool:
        return self.row.provider == ProviderName.BUILTIN


def proposal_of(goal: Goal) -> Proposal | None:
    """The goal's proposal, if one waits for a decision."""
    row = goal.trees.filter(status=TreeStatus.PROPOSED).select_related("branch").first()
    return None if row is None else Proposal(row, read_tree(row), reports(row.corrections), _consequences(row))


def _consequences(proposal: SkillTree) -> Consequences | None:
    try:
        return consequences(proposal)
    except BranchDeleted:
        return None


def growing_status(goal: Goal) -> str:
    """The status of the newest run, if it is running or has failed; else empty."""
    status = goal.tree_runs.order_by("-created_at").values_list("status", flat=True).first()
    return status if status in (TreeRunStatus.RUNNING, TreeRunStatus.FAILED) else ""


def running_run(goal: Goal) -> TreeRun | None:
    return goal.tree_runs.filter(status=TreeRunStatus.RUNNING).first()
