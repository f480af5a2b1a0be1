"""The oracle notices what the chaos test is for."""

import pytest

from tests.faults.chaos.oracle import Item, Verdict


def verdict_on(item: Item, texts: list[str]) -> Verdict:
    verdict = Verdict()
    verdict.compare("card", [item], {item.key: texts})
    return verdict


def created(text: str = "old") -> Item:
    item = Item("word", {text})
    item.created("1")
    return item


def test_what_was_acknowledged_must_be_there_once() -> None:
    assert verdict_on(created(), ["old"]) == Verdict(live=1)
    assert verdict_on(created(), []).lost
    assert verdict_on(created(), ["old", "old"]).doubled


@pytest.mark.parametrize("texts", [[], ["old"]])
def test_what_was_not_acknowledged_may_be_there_once(texts: list[str]) -> None:
    unknown = Item("word", {"old"})
    assert verdict_on(unknown, texts) == Verdict(live=len(texts))
    assert verdict_on(unknown, ["old", "old"]).doubled


def test_what_was_deleted_or_refused_must_not_be_there() -> None:
    deleted, refused = created(), Item("word", {"old"})
    deleted.deletion_begins()
    assert verdict_on(deleted, ["old"]) == Verdict(live=1)
    deleted.deleted()
    refused.refused()
    for item in (deleted, refused):
        assert verdict_on(item, []) == Verdict()
        assert verdict_on(item, ["old"]).resurrected


def test_an_acknowledged_change_must_be_there() -> None:
    item = created("old")
    item.change_begins("new")
    assert verdict_on(item, ["old"]).live == verdict_on(item, ["new"]).live == 1
    item.changed("new")
    assert verdict_on(item, ["new"]).live == 1
    assert verdict_on(item, ["old"]).lost


def test_a_part_is_deleted_with_the_whole() -> None:
    conversation, message = created(), created()
    message.parent = conversation
    assert verdict_on(message, []).lost
    conversation.deletion_begins()
    assert verdict_on(message, []) == Verdict()
    assert verdict_on(message, ["old"]) == Verdict(live=1)
    conversation.deleted()
    assert verdict_on(message, ["old"]).resurrected
