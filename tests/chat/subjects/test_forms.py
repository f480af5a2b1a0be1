"""The forms on their pages."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from goals.models import SkillNode
from tests.factories import GoalFactory, SkillNodeFactory

pytestmark = pytest.mark.django_db
HOME, OPEN = reverse("chat:conversation-list"), reverse("chat:conversation-open")


@pytest.fixture
def browser(alice: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(alice)


@pytest.fixture
def skill(alice: User) -> SkillNode:
    return SkillNodeFactory(tree__goal__owner=alice, tree__goal__title="Spanish <i>", title="Past <i>")


def test_the_address_chooses_what_a_new_chat_is_about(browser: Client, skill: SkillNode) -> None:
    assert f'<option value="goal:{skill.tree.goal_id}"' in browser.get(HOME).content.decode()
    for name, pk in (("goal", skill.tree.goal_id), ("skill", skill.pk)):
        page = browser.get(f"{HOME}?{name}={pk}").content.decode()
        assert f'<option value="{name}:{pk}" selected>' in " ".join(page.split())
    assert browser.get(f"{HOME}?goal={GoalFactory().pk}").status_code == 404
    assert browser.get(f"{HOME}?goal=none").status_code == 200


def test_a_chat_about_a_skill_is_changed_to_another_goal(browser: Client, skill: SkillNode, alice: User) -> None:
    page = browser.post(OPEN, {"content": "Why?", "about": f"skill:{skill.pk}"}, follow=True).content.decode()
    assert "Spanish &lt;i&gt;" in page
    assert "Past &lt;i&gt;" in page
    conversation = alice.conversations.get()
    assert (conversation.goal, conversation.skill) == (skill.tree.goal, skill)
    change, other = reverse("chat:conversation-change", args=[conversation.pk]), GoalFactory(owner=alice)
    for about, goal in ((f"goal:{other.pk}", other), ("", None)):
        assert browser.post(change, {"about": about}).status_code == 302
        conversation.refresh_from_db()
        assert (conversation.goal, conversation.skill) == (goal, None)


@pytest.mark.parametrize("about", ["goal:1", "card:01a2015c-ecdf-7121-924a-0941650acbdc", "nothing"])
def test_a_forged_choice_starts_no_chat(browser: Client, alice: User, about: str) -> None:
    refused = browser.post(OPEN, {"content": "Why?", "about": about})
    assert refused.status_code == 422
    assert "Choose a goal from the list." in refused.content.decode()
    assert browser.post(OPEN, {"content": "Why?", "about": f"goal:{GoalFactory().pk}"}).status_code == 404
    assert not alice.conversations.exists()
