"""The kinds that apps have registered."""

import pytest

from base.errors import Invalid
from search.kinds import kinds, kinds_named


def test_messages_come_before_cards() -> None:
    assert [kind.name for kind in kinds()][:2] == ["message", "card"]
    assert kinds_named([]) == kinds()
    assert [kind.name for kind in kinds_named(["card"])] == ["card"]


def test_each_kind_has_a_table_and_a_template_of_its_own() -> None:
    assert len({kind.table for kind in kinds()}) == len({kind.template for kind in kinds()}) == len(kinds())


def test_all_unknown_names_are_told() -> None:
    with pytest.raises(Invalid) as refusal:
        kinds_named(["letter", "card", "tree"])
    assert refusal.value.errors["kinds"][0].startswith("There is no kind “letter”, “tree”.")
