"""The JSON API of goals."""

from uuid import UUID

from django.utils import timezone
from ninja import Query, Router, Status

from base.api.document import raises
from base.api.pagination import InvalidCursor, Page, paginate
from base.errors import NotFound
from base.http import ApiRequest
from base.models import database_time
from goals import services
from goals.duplicates.errors import SimilarGoalExists
from goals.errors import (
    BranchDeleted,
    NoOutline,
    NoProposal,
    NoTitle,
    OutlineTooLong,
    TooDeepToGrow,
    TooManyTreeRuns,
    TreeRunning,
)
from goals.growing import services as growing
from goals.growing.queries import growing_status, proposal_of
from goals.growing.schemas import Acceptance, ProposalOut, TreeRequest, TreeRunOut
from goals.merging.errors import SameGoal, TreeBeingMade
from goals.merging.services import merge_goals
from goals.models import Goal
from goals.schemas import GoalChange, GoalFilter, GoalOut, GoalToCreate, NewGoal, OtherGoal
from goals.trees import services as trees
from goals.trees.accepting import accept_proposal
from goals.trees.errors import (
    BelowItself,
    NoSkillTitle,
    PrerequisiteCycle,
    PrerequisiteInBranch,
    RepeatedSkill,
    SkillPurged,
    TooDeep,
    TreeChanged,
    TreeFull,
    UnknownSkill,
)
from goals.trees.proposals import discard_proposal, open_proposal
from goals.trees.queries import tree_of
from goals.trees.replacing import ListedSkill, replace_skills
from goals.trees.schemas import ChangedSkill, NewSkill, SeenRevision, SkillChange, TreeContent, TreeOut, WhichTree
from providers.errors import KeyMissing, KeyUnreadable
from quiz.mastery.queries import NO_MASTERY, mastery_of_goal, mastery_of_goals
from quiz.study import services as study

router = Router(tags=["Goals"])
skills = Router(tags=["Skills"])
# Of every change that says where skills are and what they build on.
TREE_ERRORS = (UnknownSkill, NoSkillTitle, BelowItself, TooDeep, TreeFull, PrerequisiteInBranch, PrerequisiteCycle)
# Of every request to a model for skills.
GROW_ERRORS = (TooManyTreeRuns, KeyMissing, KeyUnreadable)


@router.get("", response=Page[GoalOut])
@raises(InvalidCursor)
def goal_list(request: ApiRequest, filters: Query[GoalFilter]) -> Page[GoalOut]:
    """The newest first."""
    goals = request.user.goals.alive()
    known = mastery_of_goals(owner=request.user, at=timezone.now())
    return paginate(
        goals.filter(status=filters.status) if filters.status else goals,
        filters,
        lambda goal: GoalOut.of(goal, known.get(goal.pk, NO_MASTERY).total),
    )


@router.post("", response={201: GoalOut})
@raises(NoTitle, SimilarGoalExists, *GROW_ERRORS)
def goal_create(request: ApiRequest, body: GoalToCreate) -> Status[GoalOut]:
    """A goal that wants the same as another one is refused, with the similar ones, unless `allow_duplicate`."""
    create = growing.create_goal_with_tree if body.tree else services.create_goal
    return Status(201, _with_mastery(create(owner=request.user, **body.model_dump(exclude={"tree"}))))


@router.get("/{uuid:goal_id}", response=GoalOut)
def goal_detail(request: ApiRequest, goal_id: UUID) -> GoalOut:
    return _with_mastery(request.user.goals.alive().get_or_not_found(goal_id))


@router.patch("/{uuid:goal_id}", response=GoalOut)
@raises(NoTitle)
def goal_edit(request: ApiRequest, goal_id: UUID, body: GoalChange) -> GoalOut:
    """Change the fields that are given."""
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    return _with_mastery(services.change_goal(goal=goal, **body.model_dump(exclude_unset=True)))


@router.put("/{uuid:goal_id}", response=GoalOut)
@raises(NoTitle)
def goal_replace(request: ApiRequest, goal_id: UUID, body: NewGoal) -> GoalOut:
    """Set all fields that a new goal has."""
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    return _with_mastery(services.change_goal(goal=goal, **body.model_dump()))


@router.post("/{uuid:goal_id}/merge", response=GoalOut)
@raises(NotFound, SameGoal, TreeBeingMade, TreeFull)
def goal_merge(request: ApiRequest, goal_id: UUID, body: OtherGoal) -> GoalOut:
    """Move the skills, cards and conversations of the other goal to this one, and delete the other."""
    target, source = (request.user.goals.alive().get_or_not_found(pk) for pk in (goal_id, body.goal_id))
    return _with_mastery(merge_goals(source=source, target=target, at=database_time()))


@router.delete("/{uuid:goal_id}", response={204: None})
def goal_delete(request: ApiRequest, goal_id: UUID) -> Status[None]:
    """Cards and conversations of the goal stay."""
    services.delete_goal(goal=request.user.goals.alive().get_or_not_found(goal_id), at=database_time())
    return Status(204, None)


@router.get("/{uuid:goal_id}/skill-tree", response=TreeOut)
def skill_tree(request: ApiRequest, goal_id: UUID, which: Query[WhichTree]) -> TreeOut:
    """The accepted tree, or else the proposed one. Its `nodes` are in reading order."""
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    return _tree(goal, which)


@router.put("/{uuid:goal_id}/skill-tree", response=TreeOut)
@raises(TreeChanged, *TREE_ERRORS, RepeatedSkill)
def skill_tree_replace(request: ApiRequest, goal_id: UUID, which: Query[WhichTree], body: TreeContent) -> TreeOut:
    """Make these the skills of the tree. Those with an id of the tree keep their cards and what they leave out.

    The tree's other skills are deleted; each can be restored for an hour.
    """
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    tree = trees.open_tree(goal=goal, proposed=which.proposed)
    listed = [ListedSkill(**node.model_dump(exclude={"position"})) for node in body.ordered()]
    replace_skills(tree=tree, skills=listed, revision=body.revision, at=database_time())
    return _tree(goal, which)


@router.post("/{uuid:goal_id}/skill-tree", response={202: TreeRunOut})
@raises(*GROW_ERRORS, NotFound, TreeRunning, TooDeepToGrow, NoOutline, OutlineTooLong)
def skill_tree_grow(request: ApiRequest, goal_id: UUID, body: TreeRequest) -> Status[TreeRunOut]:
    """Ask a model for skills, or make them from an outline. They are a proposal until it is accepted."""
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    in_tree = request.user.skill_nodes.accepted().filter(tree__goal=goal)
    branch = in_tree.get_or_not_found(body.skill_node_id) if body.skill_node_id else None
    if body.outline is not None:
        return Status(202, TreeRunOut.done(growing.grow_from_outline(goal=goal, branch=branch, text=body.outline)))
    run = growing.start_tree_run(goal=goal, branch=branch, provider=body.provider or "", model=body.model)
    return Status(202, TreeRunOut.of(run))


@router.get("/{uuid:goal_id}/skill-tree/runs/{uuid:run_id}", response=TreeRunOut)
def tree_run(request: ApiRequest, goal_id: UUID, run_id: UUID) -> TreeRunOut:
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    return TreeRunOut.of(goal.tree_runs.get_or_not_found(run_id))


@router.post("/{uuid:goal_id}/skill-tree/runs/{uuid:run_id}/cancel", response=TreeRunOut)
def tree_run_cancel(request: ApiRequest, goal_id: UUID, run_id: UUID) -> TreeRunOut:
    """A run that has ended stays as it is."""
    run = request.user.goals.alive().get_or_not_found(goal_id).tree_runs.get_or_not_found(run_id)
    growing.cancel_tree_run(run=run)
    run.refresh_from_db()
    return TreeRunOut.of(run)


@router.get("/{uuid:goal_id}/skill-tree/proposal", response=ProposalOut)
@raises(NoProposal)
def proposal_detail(request: ApiRequest, goal_id: UUID) -> ProposalOut:
    """The proposal, and what accepting it would change."""
    proposal = proposal_of(request.user.goals.alive().get_or_not_found(goal_id))
    if proposal is None:
        raise NoProposal
    return ProposalOut.of(proposal)


@router.post("/{uuid:goal_id}/skill-tree/proposal/accept", response=TreeOut)
@raises(NoProposal, BranchDeleted, TreeChanged, TreeFull, TooDeep)
def proposal_accept(request: ApiRequest, goal_id: UUID, body: Acceptance) -> TreeOut:
    """Make the proposal the goal's tree. Skills that are in both keep their ids."""
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    accept_proposal(proposal=open_proposal(goal=goal), let_go=body.let_go, revision=body.revision, at=database_time())
    return _tree(goal, WhichTree())


@router.delete("/{uuid:goal_id}/skill-tree/proposal", response={204: None})
@raises(NoProposal)
def proposal_discard(request: ApiRequest, goal_id: UUID) -> Status[None]:
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    discard_proposal(proposal=open_proposal(goal=goal), at=database_time())
    return Status(204, None)


@skills.post("", response={201: ChangedSkill})
@raises(NotFound, TreeChanged, *TREE_ERRORS)
def skill_create(request: ApiRequest, body: NewSkill) -> Status[ChangedSkill]:
    """A goal without a tree gets one, which is accepted."""
    goal = request.user.goals.alive().get_or_not_found(body.goal_id)
    parent = request.user.skill_nodes.alive().get_or_not_found(body.parent_id) if body.parent_id else None
    tree = parent.tree if parent else trees.open_tree(goal=goal)
    if tree.goal_id != goal.pk:
        raise NotFound
    return Status(201, ChangedSkill.after(trees.add_skill(tree=tree, **body.model_dump(exclude={"goal_id"}))))


@skills.get("/{uuid:skill_node_id}", response=ChangedSkill)
def skill_detail(request: ApiRequest, skill_node_id: UUID) -> ChangedSkill:
    return ChangedSkill.after(request.user.skill_nodes.alive().get_or_not_found(skill_node_id))


@skills.patch("/{uuid:skill_node_id}", response=ChangedSkill)
@raises(TreeChanged, *TREE_ERRORS)
def skill_edit(request: ApiRequest, skill_node_id: UUID, body: SkillChange) -> ChangedSkill:
    """Change the fields that are given. A new `parent_id` or `position` moves the skill with those below it."""
    skill = request.user.skill_nodes.alive().get_or_not_found(skill_node_id)
    return ChangedSkill.after(trees.change_skill(skill=skill, **body.model_dump(exclude_unset=True)))


@skills.delete("/{uuid:skill_node_id}", response={204: None})
@raises(TreeChanged)
def skill_delete(request: ApiRequest, skill_node_id: UUID, seen: Query[SeenRevision]) -> Status[None]:
    """Delete the skill with those below it. Their cards stay in the deck."""
    skill = request.user.skill_nodes.alive().get_or_not_found(skill_node_id)
    trees.delete_skill(skill=skill, revision=seen.revision, at=database_time())
    return Status(204, None)


@skills.post("/{uuid:skill_node_id}/known", response=ChangedSkill)
def skill_known(request: ApiRequest, skill_node_id: UUID) -> ChangedSkill:
    """Note that the user knows the skill now. From then on it fades like a card that was easy."""
    skill = request.user.skill_nodes.accepted().get_or_not_found(skill_node_id)
    study.mark_known(skill=skill, at=database_time())
    return ChangedSkill.after(skill)


@skills.delete("/{uuid:skill_node_id}/known", response={204: None})
def skill_known_delete(request: ApiRequest, skill_node_id: UUID) -> Status[None]:
    """Note that the user does not know the skill without its cards."""
    study.restore_mark(skill=request.user.skill_nodes.accepted().get_or_not_found(skill_node_id), mark=None)
    return Status(204, None)


@skills.post("/{uuid:skill_node_id}/restore", response=ChangedSkill)
@raises(TreeChanged, SkillPurged, TreeFull)
def skill_restore(request: ApiRequest, skill_node_id: UUID) -> ChangedSkill:
    """Undo a deletion, also of the skills below. The skill becomes a branch if its place is gone."""
    return ChangedSkill.after(trees.restore_skill(skill=request.user.skill_nodes.get_or_not_found(skill_node_id)))


def _with_mastery(goal: Goal) -> GoalOut:
    return GoalOut.of(goal, mastery_of_goal(goal=goal, at=timezone.now()).total)


def _tree(goal: Goal, which: WhichTree) -> TreeOut:
    tree = tree_of(goal, proposed=which.proposed)
    if tree is None:
        return TreeOut.without_tree(growing_status(goal))
    return TreeOut.of(tree, mastery_of_goal(goal=goal, at=timezone.now()).skills)


ROUTERS = {"/goals": router, "/skill-nodes": skills}
