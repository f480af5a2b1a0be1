import pytest

from providers.ollama.names import full_name, is_same_model, short_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("tutor", "tutor:latest"),
        ("tutor:latest", "tutor:latest"),
        ("tutor:8b", "tutor:8b"),
        ("registry.example:5000/team/tutor", "registry.example:5000/team/tutor:latest"),
        ("", ""),
    ],
)
def test_a_name_without_a_tag_means_the_latest(name: str, expected: str) -> None:
    assert full_name(name) == expected


def test_two_tags_are_two_models() -> None:
    assert is_same_model("tutor", "tutor:latest")
    assert not is_same_model("tutor", "tutor:8b")
    assert not is_same_model("tutor", "")


def test_only_the_default_tag_is_left_out() -> None:
    assert [short_name(name) for name in ("tutor:latest", "tutor:8b", "tutor")] == ["tutor", "tutor:8b", "tutor"]
