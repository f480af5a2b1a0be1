"""A skill tree that is locked for one change. All changes of skill trees go through it, so that they stay trees."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from base.text import storable
from goals.models import MAX_DEPTH, MAX_NODES, SkillNode, SkillPrerequisite, SkillTree, TreeStatus
from goals.trees.errors import (
    BelowItself,
    NoSkillTitle,
    PrerequisiteCycle,
    PrerequisiteInBranch,
    TooDeep,
    TreeChanged,
    TreeFull,
    UnknownSkill,
)
from goals.trees.queries import read_tree, tree_of
from goals.trees.shape import Shape, allowed_links, is_allowed

_FIELDS = ("title", "description", "parent_id", "depth", "position", "deleted_at")


@contextmanager
def editing(tree: SkillTree, revision: int | None = None) -> Iterator["TreeEdit"]:
    """Lock the tree, and save what was changed of it at the end. That counts up the revision.

    Without `revision`, it does not matter which one the user saw. Raises TreeChanged, TreeFull or TooDeep.
    """
    with transaction.atomic():
        locked = SkillTree.objects.select_for_update().filter(pk=tree.pk).first()
        if locked is None or locked.status == TreeStatus.REPLACED:
            raise TreeChanged(tree_of(tree.goal))
        if revision not in (None, locked.revision):
            raise TreeChanged(read_tree(locked))
        edit = TreeEdit(locked)
        yield edit
        edit.save()


class TreeEdit:
    """The rows of a locked tree. `nodes` are its skills by id, `shape` is where they are.

    `requires` are the prerequisites of each skill that has some.
    """

    def __init__(self, tree: SkillTree) -> None:
        self.tree = tree
        self.nodes = {node.pk: node for node in tree.nodes.filter(deleted_at=None).in_order()}
        self.shape = Shape((node.pk, node.parent_id) for node in self.nodes.values())
        links = SkillPrerequisite.objects.filter(node__tree=tree).order_by("pk")
        self._stored_links = {(link.node_id, link.requires_id): link.pk for link in links}
        self.requires = allowed_links(self.shape, self._stored_links)
        self._stored = {pk: _values(node) for pk, node in self.nodes.items()}

    def node(self, skill_id: UUID) -> SkillNode:
        """Raises UnknownSkill, also for a deleted skill."""
        if skill_id not in self.shape:
            raise UnknownSkill
        return self.nodes[skill_id]

    def create(self, title: str, description: str) -> SkillNode:
        """A new skill, which has no place yet. Raises NoSkillTitle."""
        node = SkillNode(owner_id=self.tree.owner_id, tree=self.tree)
        self.describe(node, title=title, description=description)
        self.nodes[node.pk] = node
        return node

    def add(self, title: str, description: str, parent_id: UUID | None, position: int | None) -> SkillNode:
        """Raises NoSkillTitle or UnknownSkill."""
        if parent_id is not None:
            self.node(parent_id)
        node = self.create(title, description)
        self.shape.insert(node.pk, parent_id, position)
        return node

    def describe(self, node: SkillNode, *, title: str | None = None, description: str | None = None) -> None:
        """Set what is given. Raises NoSkillTitle."""
        if title is not None:
            node.title = " ".join(storable(title).split())
            if not node.title:
                raise NoSkillTitle
        if description is not None:
            node.description = storable(description).strip()

    def move(self, node: SkillNode, parent_id: UUID | None, position: int | None) -> None:
        """Move the skill with those below it. Raises UnknownSkill, BelowItself or PrerequisiteInBranch."""
        if parent_id is not None and self.shape.is_within(self.node(parent_id).pk, node.pk):
            raise BelowItself
        self.shape.move(node.pk, parent_id, position)
        if allowed_links(self.shape, self._links()) != self.requires:
            raise PrerequisiteInBranch

    def arrange(self, shape: Shape, at: datetime) -> None:
        """Give the tree another shape of its skills. Those that it does not have are deleted."""
        self.shape = shape
        for pk, node in self.nodes.items():
            if pk not in shape:
                node.deleted_at = at
        self.requires = allowed_links(shape, self._links())

    def remove(self, skill_id: UUID, at: datetime) -> None:
        """Delete the skill with those below it."""
        for pk in self.shape.remove(skill_id):
            self.nodes[pk].deleted_at = at

    def restore(self, deleted: list[SkillNode]) -> None:
        """Put a deleted skill back with those that were deleted together with it; the skill is the first.

        It becomes a branch if the skill above is gone, or has no room for so many levels any more.
        """
        root, *others = deleted
        height = Shape([(root.pk, None), *((node.pk, node.parent_id) for node in others)]).height(root.pk)
        parent_id = root.parent_id
        if parent_id not in self.shape or self.shape.depth(parent_id) + height > MAX_DEPTH:
            parent_id = None
        self.shape.insert(root.pk, parent_id, root.position)
        for node in others:
            self.shape.insert(node.pk, node.parent_id)
        for node in deleted:
            self.nodes[node.pk], self._stored[node.pk] = node, _values(node)
            node.tree, node.deleted_at = self.tree, None
        # What was linked in the meantime may rule out links of the restored skills.
        self.requires = allowed_links(self.shape, [*self._links(), *self._stored_links])

    def require(self, node: SkillNode, others: Iterable[UUID]) -> None:
        """Set the skills that this one builds on. Raises UnknownSkill, PrerequisiteInBranch or PrerequisiteCycle."""
        self.requires.pop(node.pk, None)
        for other in set(others):
            self.node(other)
            if self.shape.is_within(node.pk, other) or self.shape.is_within(other, node.pk):
                raise PrerequisiteInBranch
            if not is_allowed(self.shape, self.requires, node.pk, other):
                raise PrerequisiteCycle
            self.requires.setdefault(node.pk, set()).add(other)

    def save(self) -> None:
        """Write what differs from the stored rows. Raises TreeFull or TooDeep."""
        if len(self.shape) > MAX_NODES:
            raise TreeFull
        for pk, place in self.shape.places().items():
            if place.depth > MAX_DEPTH:
                raise TooDeep
            node = self.nodes[pk]
            node.parent_id, node.depth, node.position = place.parent, place.depth, place.position
        if self._save_nodes() | self._save_links():
            self.tree.revision += 1
            self.tree.save(update_fields=["revision"])

    def _save_nodes(self) -> bool:
        added = [node for pk, node in self.nodes.items() if pk not in self._stored]
        changed = [node for pk, node in self.nodes.items() if self._stored.get(pk, _values(node)) != _values(node)]
        for node in changed:
            node.updated_at = timezone.now()
        SkillNode.objects.bulk_create(added)
        SkillNode.objects.bulk_update(changed, [*_FIELDS, "updated_at"])
        return bool(added or changed)

    def _save_links(self) -> bool:
        """Links of deleted skills stay stored, for the undo."""
        links = set(self._links())
        new = links.difference(self._stored_links)
        old = {link for link in self._stored_links if link not in links and all(end in self.shape for end in link)}
        SkillPrerequisite.objects.filter(pk__in=[self._stored_links[link] for link in old]).delete()
        owner_id = self.tree.owner_id
        SkillPrerequisite.objects.bulk_create(
            SkillPrerequisite(owner_id=owner_id, node_id=node_id, requires_id=requires_id)
            for node_id, requires_id in new
        )
        return bool(new or old)

    def _links(self) -> list[tuple[UUID, UUID]]:
        return [(node, other) for node, others in self.requires.items() for other in others]


def _values(node: SkillNode) -> tuple[object, ...]:
    return tuple(getattr(node, field) for field in _FIELDS)
