"""The personal data of goals: exported for the user, deleted with the account."""

from accounts.personal_data import PersonalData, register
from goals.models import Goal, SkillNode, SkillPrerequisite, SkillTree, TreeRun

GOALS = PersonalData(
    "goals",
    Goal,
    (
        *("title", "description", "target_date", "desired_retention", "status", "position"),
        *("created_at", "updated_at", "deleted_at"),
    ),
)
TREES = PersonalData(
    "skill_trees",
    SkillTree,
    (
        "goal_id",
        "status",
        "origin",
        "provider",
        "model",
        "branch_id",
        "revision",
        "corrections",
        "created_at",
        "accepted_at",
    ),
)
NODES = PersonalData(
    "skills",
    SkillNode,
    (
        *("tree_id", "parent_id", "title", "description", "depth", "position"),
        *("known_at", "known_stability", "created_at", "updated_at", "deleted_at"),
    ),
)
PREREQUISITES = PersonalData("skill_prerequisites", SkillPrerequisite, ("node_id", "requires_id"))
RUNS = PersonalData(
    "skill_tree_runs",
    TreeRun,
    ("goal_id", "branch_id", "tree_id", "provider", "model", "status", "error", "created_at", "finished_at"),
)

register(GOALS, TREES, NODES, PREREQUISITES, RUNS)
