"""The components as a template uses them."""

from typing import Any

import pytest
from django.template import Context, Template

from accounts.models import User
from tests.factories import MessageFactory


def render(text: str, **context: Any) -> str:
    """The HTML with one space where the template has any white space."""
    return " ".join(Template(text).render(Context(context)).split())


def test_a_post_button_is_a_form_with_a_token_and_one_button() -> None:
    html = render('{% post_button "accounts:data-export" label=_("Export") icon="download" %}', csrf_token="token")
    assert html.startswith('<form method="post" action="/settings/data/export/">')
    assert 'name="csrfmiddlewaretoken" value="token"' in html
    assert html.count("<button") == html.count("<svg") == 1
    assert "Export</button>" in html


def test_htmx_attributes_go_to_the_form_and_others_to_the_button() -> None:
    html = render(
        '{% post_button "/x/" label="X" htmx=True hx_target="#y" form_class="z" data_key="u" name="n" value="" %}'
    )
    form, _, rest = html.partition(">")
    assert form == '<form method="post" action="/x/" class="z" hx-target="#y" hx-post="/x/"'
    assert '<button class="button" data-key="u" name="n">' in rest


def test_attributes_are_escaped_and_empty_ones_left_out() -> None:
    html = render("{% button label title=title disabled=False form=none %}", label="<b>", title='"><script>', none=None)
    assert html == '<button class="button" title="&quot;&gt;&lt;script&gt;">&lt;b&gt;</button>'


def test_a_square_button_is_named_for_screen_readers() -> None:
    html = render('{% button "Close" icon="x" kind="quiet square" %}')
    assert 'aria-label="Close"' in html
    assert 'title="Close"' in html
    assert 'class="button quiet square"' in html
    assert "Close</button>" not in html


def test_a_post_form_contains_its_content() -> None:
    html = render('{% post_form "/x/" id="f" %}<input name="a">{% endpost_form %}')
    assert '<form method="post" action="/x/" id="f">' in html
    assert '<input name="a"> </form>' in html


@pytest.mark.django_db
def test_a_link_leads_to_a_name_a_url_or_a_model(alice: User) -> None:
    message = MessageFactory(conversation__owner=alice)
    assert 'href="/cards/"' in render('{% link_button "flashcards:card-list" label="x" %}')
    assert 'href="/cards/?q=a"' in render('{% back_link "/cards/?q=a" label="x" %}')
    assert f'href="{message.get_absolute_url()}"' in render('{% link_button to label="x" %}', to=message)


@pytest.mark.parametrize(("kind", "role"), [("bad", "alert"), ("warn", "status"), ("", "status")])
def test_a_notice_is_announced_by_its_kind(kind: str, role: str) -> None:
    html = render("{% notice kind=kind %}<p>Text</p>{% endnotice %}", kind=kind)
    assert html == f'<div class="{f"notice {kind}".strip()}" role="{role}"> <p>Text</p> </div>'


def test_an_empty_list_says_what_to_do() -> None:
    html = render(
        '{% blankslate "layers" "Empty" to="flashcards:card-list" action="Show all" %}Why.{% endblankslate %}'
    )
    assert "<h2>Empty</h2> <p>Why.</p>" in html
    assert '<a class="button primary" href="/cards/">Show all</a>' in html
    assert "<a" not in render('{% blankslate "layers" "Empty" %}Why.{% endblankslate %}')


def test_a_page_head_escapes_its_title() -> None:
    html = render("{% page_head title %}<p>More</p>{% endpage_head %}", title="<i>")
    assert html == '<header class="page-head"> <h1 dir="auto">&lt;i&gt;</h1> <p>More</p> </header>'


def test_menu_items_have_their_own_class() -> None:
    assert '<button class="menu-item" name="a">' in render('{% menu_button "Pin" icon="pin" name="a" %}')
    assert '<a class="menu-item" href="/x/">' in render('{% menu_link "/x/" label="Export" icon="download" %}')


def test_a_chip_has_its_kind() -> None:
    assert render('{% chip "On" kind="good" %}') == '<span class="chip good" dir="auto">On</span>'
