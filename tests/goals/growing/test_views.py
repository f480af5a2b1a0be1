from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from goals.growing.services import grow_from_outline
from goals.growing.worker import grow_tree
from goals.models import Goal, SkillPrerequisite, SkillTree, TreeRun, TreeRunStatus, TreeStatus
from goals.trees.accepting import accept_proposal
from goals.trees.queries import tree_of
from tests.factories import CardFactory, GoalFactory, SkillNodeFactory, TreeRunFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(alice: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(alice)


@pytest.fixture
def goal(alice: User) -> Goal:
    row: Goal = GoalFactory(owner=alice, title="Read <b>Spanish</b>")
    return row


def url(name: str, goal: Goal, end: str = "") -> str:
    return reverse(f"goals:{name}", args=[goal.pk]) + end


def text(response: Any) -> str:
    return str(response.content.decode())


def drawn(goal: Goal) -> list[str]:
    tree = tree_of(goal)
    return [skill.title for skill in tree] if tree else []


def test_there_are_ways_to_begin(browser: Client, goal: Goal) -> None:
    page = text(browser.get(url("tree-grow", goal)))
    for words in ("Ask a model", "Paste an outline", "Read &lt;b&gt;Spanish&lt;/b&gt;"):
        assert words in page


def test_a_run_is_watched_until_its_proposal_is_there(browser: Client, goal: Goal) -> None:
    started = browser.post(url("tree-run-start", goal), {"choice": "builtin:tutor"})
    run = TreeRun.objects.get()
    waiting = reverse("goals:tree-run", args=[run.pk])
    assert started.headers["Location"] == waiting
    assert browser.get(url("tree-grow", goal)).headers["Location"] == waiting
    TreeRun.objects.update(received=["<script>x</script>"], attempt=2)
    part = text(browser.get(waiting, headers=HTMX))
    assert "&lt;script&gt;" in part
    assert "tries once more" in part
    assert "<html" not in part
    assert 'http-equiv="refresh"' in text(browser.get(waiting))
    grow_tree(run_id=run.pk)
    assert browser.get(waiting, headers=HTMX).headers["HX-Redirect"] == url("proposal-detail", goal)
    page = text(browser.get(waiting, follow=True))
    assert "Proposed skills" in page
    assert "not a language model" in page


def test_a_run_can_be_canceled(browser: Client, goal: Goal) -> None:
    run = TreeRunFactory(goal=goal)
    page = text(browser.post(reverse("goals:tree-run-cancel", args=[run.pk]), follow=True))
    assert "Nothing has changed." in page
    assert TreeRun.objects.get().status == TreeRunStatus.CANCELED
    assert "canceled" in text(browser.get(reverse("goals:tree-run", args=[run.pk])))


def test_a_failed_run_says_why_and_can_be_repeated(browser: Client, goal: Goal) -> None:
    branch = SkillNodeFactory(tree__goal=goal)
    error = {"code": "no-tree", "detail": "It was <i>prose</i>."}
    run = TreeRunFactory(goal=goal, branch=branch, status=TreeRunStatus.FAILED, error=error, model="m")
    page = text(browser.get(reverse("goals:tree-run", args=[run.pk])))
    assert "It was &lt;i&gt;prose&lt;/i&gt;." in page
    assert f'action="{url("tree-run-start", goal)}?skill={branch.pk}"' in page
    assert 'value="builtin:m"' in page


def test_what_cannot_start_is_said_on_the_page(browser: Client, goal: Goal) -> None:
    refused = browser.post(url("tree-run-start", goal), {"choice": "claude:"})
    assert refused.status_code == 422
    assert "There is no Claude API key yet." in text(refused)
    assert browser.post(url("tree-run-start", goal), {"choice": "x:y"}).status_code == 422
    TreeRunFactory(goal=goal)
    assert browser.post(url("tree-run-start", goal), {"choice": "builtin:"}).status_code == 409
    assert TreeRun.objects.count() == 1


def test_an_outline_becomes_a_proposal_with_a_report(browser: Client, goal: Goal) -> None:
    outline = "Here is my plan, it has an introduction.\n\n  - Grammar\n    - Nouns\n  - Grammar\n  - <img src=x>Words"
    page = text(browser.post(url("outline-grow", goal), {"outline": outline}, follow=True))
    for words in ("Grammar", "Words", "1 line is no part of the outline.", "joined with it"):
        assert words in page
    assert "<img" not in page
    refused = browser.post(url("outline-grow", goal), {"outline": "Only prose, nothing else. It goes on."})
    assert refused.status_code == 422
    assert "No outline was found" in text(refused)
    assert "Only prose" in text(refused)
    assert SkillTree.objects.count() == 1


def test_a_proposal_is_accepted_and_what_is_in_use_is_asked_for(browser: Client, goal: Goal) -> None:
    first = grow_from_outline(goal=goal, text="- Nouns\n- Tenses\n- Sounds\n- Moods")
    browser.post(url("proposal-accept", goal), {"tree": first.pk, "revision": 1})
    ids = {node.title: node.pk for node in first.nodes.all()}
    for title in ("Nouns", "Tenses"):
        CardFactory(owner=goal.owner, skill_id=ids[title])
    second = grow_from_outline(goal=goal, text="- Sounds\n- Words")
    page = text(browser.get(url("proposal-detail", goal)))
    assert page.count("1 card<") == 2
    assert "1 skill without cards is not proposed and goes" in page
    decision = {"tree": second.pk, "revision": 1, "shown": [ids["Nouns"], ids["Tenses"]], "keep": ids["Nouns"]}
    browser.post(url("proposal-accept", goal), decision)
    assert drawn(goal) == ["Sounds", "Words", "Nouns"]


def test_a_proposal_names_what_a_skill_builds_on(browser: Client, goal: Goal) -> None:
    proposal = grow_from_outline(goal=goal, text="- Nouns\n- Tenses")
    assert "Builds on" not in text(browser.get(url("proposal-detail", goal)))
    nouns, tenses = proposal.nodes.in_order()
    SkillPrerequisite.objects.create(owner=goal.owner, node=tenses, requires=nouns)
    assert "Builds on" in text(browser.get(url("proposal-detail", goal))).partition(">Tenses<")[2]


def test_a_proposal_that_changed_is_shown_again(browser: Client, goal: Goal) -> None:
    proposal = grow_from_outline(goal=goal, text="- Nouns\n- Tenses")
    SkillTree.objects.update(revision=2)
    page = text(browser.post(url("proposal-accept", goal), {"tree": proposal.pk, "revision": 1}, follow=True))
    assert "has changed in the meantime" in page
    assert "Proposed skills" in page
    assert SkillTree.objects.get().status == TreeStatus.PROPOSED
    assert browser.post(url("proposal-accept", goal), {"tree": "x"}).status_code == 404


def test_a_discarded_proposal_can_be_restored(browser: Client, goal: Goal) -> None:
    proposal = grow_from_outline(goal=goal, text="- Nouns\n- Tenses")
    page = text(browser.post(url("proposal-discard", goal), follow=True))
    restore = reverse("goals:proposal-restore", args=[proposal.pk])
    assert restore in page
    assert "Nothing is proposed" in text(browser.get(url("proposal-detail", goal)))
    assert "Tenses" in text(browser.post(restore, follow=True))


def test_a_branch_is_grown_below_a_skill_of_the_goal(browser: Client, goal: Goal) -> None:
    accept_proposal(proposal=grow_from_outline(goal=goal, text="- Nouns\n- Tenses"), at=goal.created_at)
    nouns = goal.trees.get().nodes.get(title="Nouns")
    end = f"?skill={nouns.pk}"
    assert "Skills below “Nouns”" in text(browser.get(url("tree-grow", goal, end)))
    page = text(browser.post(url("outline-grow", goal, end), {"outline": "- Gender\n- Plural"}, follow=True))
    assert "Proposed skills below “Nouns”" in page
    for foreign in (SkillNodeFactory().pk, "x"):
        assert browser.get(url("tree-grow", goal, f"?skill={foreign}")).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_tree(
    browser: Client, goal: Goal, django_assert_max_num_queries: Any
) -> None:
    accept_proposal(
        proposal=grow_from_outline(goal=goal, text="\n".join(f"- a{n}\n  - b{n}" for n in range(60))),
        at=goal.created_at,
    )
    for node in goal.trees.get().nodes.all():
        CardFactory(owner=goal.owner, skill=node)
    grow_from_outline(goal=goal, text="\n".join(f"- c{n}\n  - d{n}" for n in range(60)))
    with django_assert_max_num_queries(16):
        browser.get(url("proposal-detail", goal))
