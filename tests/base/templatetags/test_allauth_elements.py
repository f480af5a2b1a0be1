import pytest

from base.templatetags.allauth_elements import button_kind, link_kind


@pytest.mark.parametrize(
    ("tags", "button", "link"),
    [
        ([], "primary", ""),
        ("", "primary", ""),
        (["primary", "mfa"], "primary", ""),
        (["outline", "primary"], "", ""),
        (["danger", "delete"], "danger", "danger"),
    ],
)
def test_buttons_and_links_are_of_a_kind_by_their_tags(tags: list[str], button: str, link: str) -> None:
    assert (button_kind(tags), link_kind(tags)) == (button, link)
