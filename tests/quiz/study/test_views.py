from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from flashcards.generation.services import fail_generation
from flashcards.models import Card
from goals.models import SkillNode
from quiz.models import SkillTest
from tests.factories import CardFactory, SkillNodeFactory

ClientFactory = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(alice: User, client_of: ClientFactory) -> Client:
    return client_of(alice)


@pytest.fixture
def skill(alice: User) -> SkillNode:
    skill: SkillNode = SkillNodeFactory(tree__goal__owner=alice, title="Past tenses")
    return skill


def url(name: str, skill: SkillNode) -> str:
    return reverse(f"quiz:{name}", args=[skill.pk])


def answer(browser: Client, number: int, *, known: bool) -> None:
    browser.post(
        reverse("quiz:question-answer", args=[SkillTest.objects.get().pk]),
        {"number": number, "known": int(known)},
    )


def test_a_test_from_start_to_result_with_the_pass_mark_shown_before(
    browser: Client, alice: User, skill: SkillNode, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    CardFactory.create_batch(6, owner=alice, skill=skill, answer="The answer")
    page = url("skill-test", skill)
    assert "With 4 of 5 you pass" in browser.get(page).content.decode()
    assert browser.post(url("skill-test-start", skill))["Location"] == page
    question = browser.get(page).content.decode()
    assert ("Question 1 of 5" in question, "The answer" in question) == (True, False)
    with django_assert_num_queries(7):  # session, user, skill, the open test and the last one, settings, question
        turned = browser.get(page, {"turned": 1}, headers=HTMX).content.decode()
    assert ("The answer" in turned, "<html" in turned) == (True, False)
    for number, known in enumerate([True, False, True, True]):
        answer(browser, number, known=known)
    assert browser.post(reverse("quiz:question-undo", args=[SkillTest.objects.get().pk]))["Location"].startswith(page)
    for number in (3, 4):
        answer(browser, number, known=True)
    result = browser.get(page).content.decode()
    assert ("Passed" in result, "You knew 4 of 5" in result, "Known since" in result) == (True, True, True)
    skill.refresh_from_db()
    assert skill.known_at is not None
    again = browser.post(url("skill-test-start", skill), follow=True).content.decode()
    assert "Take it again tomorrow" in again


def test_an_answer_that_cannot_be_read_changes_nothing(browser: Client, alice: User, skill: SkillNode) -> None:
    CardFactory.create_batch(5, owner=alice, skill=skill)
    browser.post(url("skill-test-start", skill))
    browser.post(reverse("quiz:question-answer", args=[SkillTest.objects.get().pk]), {"number": "x", "known": "2"})
    assert SkillTest.objects.get().answers == []
    Card.objects.update(deleted_at=timezone.now())
    assert "A card of this test was deleted" in browser.get(url("skill-test", skill)).content.decode()


def test_a_model_makes_the_questions_of_a_skill_with_too_few_cards(
    browser: Client, alice: User, skill: SkillNode
) -> None:
    CardFactory(owner=alice, skill=skill)
    page = url("skill-test", skill)
    assert "Make questions" in browser.get(page).content.decode()
    assert "needs five questions" in browser.post(url("skill-test-start", skill), follow=True).content.decode()
    making = browser.post(url("skill-test-questions", skill), follow=True).content.decode()
    assert ("Making questions" in making, "hx-trigger" in making) == (True, True)
    generation = skill.generations.get()
    assert (generation.accept, generation.max_cards) == (False, 10)
    fail_generation(generation_id=generation.pk, code="x", detail="The model is down.")
    failed = browser.get(page).content.decode()
    assert ("The model is down." in failed, "Make questions" in failed) == (True, True)


def test_a_skill_is_marked_as_known_by_hand_and_that_is_undone(browser: Client, skill: SkillNode) -> None:
    def known_at() -> object:
        skill.refresh_from_db()
        return skill.known_at

    marked = browser.post(url("skill-known", skill), {"known": 1, "back": "goal"})
    assert marked["Location"] == skill.tree.goal.get_absolute_url()
    at = known_at()
    assert at is not None
    undo = next(
        message.extra_tags
        for message in browser.post(url("skill-known", skill), {"known": ""}, follow=True).context["messages"]
        if "No longer" in message.message
    )
    assert known_at() is None
    assert browser.post(undo).status_code == 302
    assert known_at() == at
    forged = undo[:-1] + ("a" if undo[-1] != "a" else "b")
    other = undo.replace(str(skill.pk), str(SkillNodeFactory(tree=skill.tree).pk))
    assert [browser.post(address).status_code for address in (forged, other)] == [404, 404]


@pytest.mark.parametrize("name", ["skill-test", "skill-test-start", "skill-test-questions", "skill-known"])
def test_a_stranger_gets_404(mallory: User, client_of: ClientFactory, skill: SkillNode, name: str) -> None:
    browser = client_of(mallory)
    send = browser.get if name == "skill-test" else browser.post
    assert send(url(name, skill)).status_code == 404
