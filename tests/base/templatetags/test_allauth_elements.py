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
def test_the_tags_of_buttons_and_links_give_their_kind(tags: list[str], button: str, link: str) -> None:
    assert (button_kind(tags), link_kind(tags)) == (button, link)
