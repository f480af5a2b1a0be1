"""The request and response bodies of the JSON API that grows skill trees."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from ninja import Field
from pydantic import BaseModel

from base.api.schemas import RequestBody
from base.api.values import Choice, Key
from goals.growing.queries import Proposal
from goals.models import MAX_NODES, SkillTree, TreeRun, TreeRunStatus
from goals.trees.queries import Skill
from goals.trees.schemas import SeenTree, TreeOut
from providers.models import ProviderName

ModelName = Annotated[str, Field(max_length=100)]


class TreeRequest(RequestBody):
    """With an `outline`, no model is asked. With `skill_node_id`, only for the skills below that one."""

    provider: Choice[ProviderName] | None = None
    model: ModelName = ""
    outline: str | None = None  # its length is the service's to judge: escaped, it may exceed that of a body
    skill_node_id: Key | None = None


class RunError(BaseModel):
    code: str
    detail: str


class TreeRunOut(BaseModel):
    """A request for skills. `received` are titles so far; `tree_id` is the proposal. An outline has no `id`."""

    id: UUID | None
    status: str
    error: RunError | None
    received: list[str]
    tree_id: UUID | None
    created_at: datetime

    @classmethod
    def of(cls, run: TreeRun) -> Self:
        return cls.model_validate(run, from_attributes=True)

    @classmethod
    def done(cls, tree: SkillTree) -> Self:
        return cls(
            id=None, status=TreeRunStatus.DONE, error=None, received=[], tree_id=tree.pk, created_at=tree.created_at
        )


class UsedSkill(BaseModel):
    """A skill that is not proposed. `use` is what it has, such as "12 cards"."""

    skill_node_id: UUID
    title: str
    use: list[str] = []

    @classmethod
    def of(cls, skill: Skill, use: list[str] | None = None) -> Self:
        return cls(skill_node_id=skill.id, title=skill.title, use=use or [])


class ProposalOut(BaseModel):
    """A proposal. Accepting it keeps the skills `in_use`, unless they are let go, and deletes the `unused` ones.

    With `skill_node_id`, it is for the skills below that one. `corrections` say what was changed in the source.
    """

    tree: TreeOut
    skill_node_id: UUID | None
    corrections: list[str]
    in_use: list[UsedSkill]
    unused: list[UsedSkill]

    @classmethod
    def of(cls, proposal: Proposal) -> Self:
        changes = proposal.consequences
        return cls(
            tree=TreeOut.of(proposal.tree),
            skill_node_id=proposal.row.branch_id,
            corrections=[report.text for report in proposal.reports],
            in_use=[UsedSkill.of(entry.skill, list(entry.use)) for entry in changes.in_use] if changes else [],
            unused=[UsedSkill.of(skill) for skill in changes.unused] if changes else [],
        )


class Acceptance(SeenTree):
    """`let_go` are skills in use that need not be kept."""

    let_go: Annotated[list[Key], Field(max_length=MAX_NODES)] = []
