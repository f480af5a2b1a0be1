from providers.builtin.tree_drafts import draft_branches, topics
from providers.types import CONTEXT_LINE, BranchProposal


def drawn(branches: list[BranchProposal]) -> dict[str, list[str]]:
    return {branch.title: [skill.title for skill in branch.skills] for branch in branches}


def test_an_outline_in_the_description_becomes_the_tree() -> None:
    branches = draft_branches("Spanish\n- Grammar\n  - Clauses\n    - Tenses\n      - Past\n- Words\n  - Food")
    assert drawn(branches) == {"Grammar": ["Clauses"], "Words": ["Food"]}
    assert [subskill.title for subskill in branches[0].skills[0].skills] == ["Tenses"]


def test_a_long_list_becomes_parts() -> None:
    branches = draft_branches("Spanish\n" + "\n".join(f"- topic {number}" for number in range(12)))
    assert [len(branch.skills) for branch in branches] == [5, 5, 2]


def test_topics_of_the_description_are_skills_in_a_general_frame() -> None:
    branches = draft_branches("Read Spanish\nI know some words. I want to read newspapers, follow podcasts and write.")
    assert drawn(branches)["Topics"] == ["Words", "Read newspapers", "Follow podcasts", "Write"]
    assert list(drawn(branches)) == ["Basics", "Topics", "Practice", "Use"]


def test_a_title_alone_has_a_tree_too() -> None:
    assert list(drawn(draft_branches("Read Spanish"))) == ["Basics", "Practice", "Use"]


def test_the_context_is_not_taken_for_the_description() -> None:
    assert drawn(draft_branches(f"Spanish\n\n{CONTEXT_LINE}\n- a\n- b\n- c")) == drawn(draft_branches("Spanish"))


def test_a_sentence_is_no_topic() -> None:
    assert topics("This sentence has so many words that it is none of the topics.") == []
