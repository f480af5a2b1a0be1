from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from accounts.models import User
from chat.models import Conversation
from goals.errors import BranchDeleted, NoProposal
from goals.growing.services import grow_from_outline
from goals.models import Goal, SkillNode, SkillTree, TreeStatus
from goals.trees import services as trees
from goals.trees.accepting import Consequences, accept_proposal, consequences
from goals.trees.editing import editing
from goals.trees.errors import TreeChanged, TreeFull
from goals.trees.proposals import discard_proposal, purge_proposals, restore_proposal
from goals.trees.queries import tree_of
from tests.factories import CardFactory, ConversationFactory, GoalFactory, ReviewFactory

pytestmark = pytest.mark.django_db

OLD = "# Grammar\n- Nouns\n- Tenses\n# Words\n- Food\n- Travel\n  - Hotel\n# Sounds"
NEW = "# grammar\n- Articles\n- Tenses\n# Reading\n- Headlines"


@pytest.fixture
def goal(alice: User) -> Goal:
    row: Goal = GoalFactory(owner=alice)
    return row


def propose(goal: Goal, text: str, branch: SkillNode | None = None) -> SkillTree:
    return grow_from_outline(goal=goal, text=text, branch=branch)


def accept(proposal: SkillTree, *let_go: UUID) -> SkillTree:
    return accept_proposal(proposal=proposal, let_go=let_go, at=timezone.now())


def skill(goal: Goal, title: str) -> SkillNode:
    return SkillNode.objects.accepted().get(tree__goal=goal, title=title)


def drawn(goal: Goal) -> list[str]:
    tree = tree_of(goal)
    return ["  " * (entry.depth - 1) + entry.title for entry in tree] if tree else []


def lost(found: Consequences) -> dict[str, list[str]]:
    return {entry.skill.title: list(entry.use) for entry in found.in_use}


def test_the_first_proposal_becomes_the_tree(goal: Goal) -> None:
    proposal = propose(goal, OLD)
    assert consequences(proposal) == Consequences(0, (), ())
    accepted = accept(proposal)
    assert (accepted, accepted.status) == (proposal, TreeStatus.ACCEPTED)
    assert not SkillTree.objects.filter(status=TreeStatus.PROPOSED).exists()
    with pytest.raises(NoProposal):
        accept(proposal)


def test_skills_of_both_trees_keep_their_ids_and_those_with_history_stay(goal: Goal) -> None:
    tree = accept(propose(goal, OLD))
    nouns, tenses, food, hotel = (skill(goal, title) for title in ("Nouns", "Tenses", "Food", "Hotel"))
    card = CardFactory(owner=goal.owner, skill=nouns)
    ReviewFactory.create_batch(2, card=card)
    ConversationFactory(owner=goal.owner, skill=hotel, goal=goal)
    trees.mark_known(skill=food, at=timezone.now(), stability=8.3)
    proposal = propose(goal, NEW)
    found = consequences(proposal)
    assert lost(found) == {"Nouns": ["1 card", "2 reviews"], "Food": ["marked as known"], "Hotel": ["1 chat"]}
    assert ([entry.title for entry in found.unused], found.kept) == (["Words", "Travel", "Sounds"], 2)
    accepted = accept(proposal)
    assert accepted == tree
    assert drawn(goal) == ["grammar", "  Articles", "  Tenses", "  Nouns", "Reading", "  Headlines", "Food", "Hotel"]
    assert skill(goal, "Tenses") == tenses
    card.refresh_from_db()
    assert card.skill == nouns
    assert accepted.revision > tree.revision


def test_a_skill_with_history_goes_only_if_its_user_says_so(goal: Goal) -> None:
    accept(propose(goal, OLD))
    nouns, food = skill(goal, "Nouns"), skill(goal, "Food")
    cards = [CardFactory(owner=goal.owner, skill=node) for node in (nouns, food)]
    accept(propose(goal, NEW), nouns.pk)
    assert "  Nouns" not in drawn(goal)
    assert "Food" in drawn(goal)
    assert trees.restore_skill(skill=SkillNode.objects.get(pk=nouns.pk)) == nouns
    assert {card.skill for card in goal.owner.cards.all()} == {card.skill for card in cards}


def test_a_branch_is_regenerated_and_the_rest_stays(goal: Goal) -> None:
    accept(propose(goal, OLD))
    words = skill(goal, "Words")
    travel, hotel = skill(goal, "Travel"), skill(goal, "Hotel")
    CardFactory(owner=goal.owner, skill=skill(goal, "Food"))
    CardFactory(owner=goal.owner, skill=skill(goal, "Tenses"))
    proposal = propose(goal, "- Travel\n  - Hotel\n  - Train\n- Weather", branch=words)
    assert lost(consequences(proposal)) == {"Food": ["1 card"]}
    accept(proposal)
    assert drawn(goal) == [
        *("Grammar", "  Nouns", "  Tenses"),
        *("Words", "  Travel", "    Hotel", "    Train", "  Weather", "  Food"),
        "Sounds",
    ]
    assert (skill(goal, "Travel"), skill(goal, "Hotel")) == (travel, hotel)


def test_a_proposal_for_a_deleted_branch_is_not_accepted(goal: Goal) -> None:
    accept(propose(goal, OLD))
    words = skill(goal, "Words")
    proposal = propose(goal, "- Travel", branch=words)
    trees.delete_skill(skill=words, at=timezone.now())
    before = drawn(goal)
    with pytest.raises(BranchDeleted):
        accept(proposal)
    trees.purge_skills(at=timezone.now() + timedelta(hours=2))
    with pytest.raises(NoProposal):
        accept(proposal)
    assert drawn(goal) == before


def test_what_the_user_saw_is_what_is_accepted(goal: Goal) -> None:
    proposal = propose(goal, OLD)
    with editing(proposal) as edit:
        edit.add("Added in another tab", "", None, None)
    with pytest.raises(TreeChanged):
        accept_proposal(proposal=proposal, revision=proposal.revision, at=timezone.now())
    proposal.refresh_from_db()
    accept_proposal(proposal=proposal, revision=proposal.revision, at=timezone.now())
    assert "Added in another tab" in drawn(goal)


def test_too_many_skills_change_nothing(goal: Goal) -> None:
    accept(propose(goal, "\n".join(f"- old {number}" for number in range(200))))
    for node in SkillNode.objects.accepted():
        CardFactory(owner=goal.owner, skill=node)
    before, proposal = drawn(goal), propose(goal, "\n".join(f"- new {number}" for number in range(101)))
    with pytest.raises(TreeFull):
        accept(proposal)
    proposal.refresh_from_db()
    assert (drawn(goal), proposal.status) == (before, TreeStatus.PROPOSED)


def test_prerequisites_are_taken_over_without_circles(goal: Goal) -> None:
    accept(propose(goal, "- a\n- b"))
    a, b = skill(goal, "a"), skill(goal, "b")
    trees.change_skill(skill=a, prerequisites=[b.pk])
    proposal = propose(goal, "- a\n- b\n- c")
    ours = {node.title: node for node in proposal.nodes.all()}
    trees.change_skill(skill=ours["b"], prerequisites=[ours["a"].pk, ours["c"].pk])
    accept(proposal)
    tree = tree_of(goal)
    assert tree
    requires = {entry.title: set(entry.requires) for entry in tree}
    assert requires == {"a": {b.pk}, "b": {skill(goal, "c").pk}, "c": set()}


def test_a_discarded_proposal_can_be_restored_until_it_is_purged(goal: Goal) -> None:
    first, now = propose(goal, OLD), timezone.now()
    discard_proposal(proposal=first, at=now)
    with pytest.raises(NoProposal):
        discard_proposal(proposal=first, at=now)
    assert restore_proposal(proposal=first).status == TreeStatus.PROPOSED
    second = propose(goal, NEW)
    with pytest.raises(NoProposal):
        restore_proposal(proposal=first)
    purge_proposals(at=timezone.now() + timedelta(minutes=59))
    assert SkillTree.objects.count() == 2
    purge_proposals(at=timezone.now() + timedelta(minutes=61))
    assert SkillTree.objects.get() == second


def test_an_accepted_proposal_is_purged_and_its_conversations_stay(goal: Goal) -> None:
    accept(propose(goal, OLD))
    ConversationFactory(owner=goal.owner, skill=skill(goal, "Food"), goal=goal)
    accept(propose(goal, NEW))
    purge_proposals(at=timezone.now() + timedelta(hours=2))
    assert SkillTree.objects.count() == 1
    assert Conversation.objects.get().skill == skill(goal, "Food")
