from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from memories.models import Memory
from memories.services import save_memory
from tests.factories import ProjectFactory

pytestmark = pytest.mark.django_db
CREATE = reverse("memories:memory-create")
RECORD = '{"note": "Tea", "task": "shop"}'


@pytest.fixture
def browser(alice: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(alice)


@pytest.fixture
def memory(alice: User) -> Memory:
    data = {"zeta": 1.0, "alpha": "é", "task": "shop"}
    return save_memory(owner=alice, project="Home", data=data, key="tea", tags=["a b"], component="api").memory


def url(name: str, memory: Memory) -> str:
    return reverse(f"memories:memory-{name}", args=[memory.pk])


def test_a_memory_is_written_to_the_named_project(browser: Client, alice: User) -> None:
    ProjectFactory(owner=alice, name="Proposed")
    page = browser.get(CREATE, {"project": "Home <lab>"}).content.decode()
    assert 'value="Home &lt;lab&gt;"' in page
    assert '<option value="Proposed">' in page
    form = {"project": "Home", "record": RECORD, "tags": "a b, c,", "date": "2026-11-22"}
    assert "Memory saved." in browser.post(CREATE, form, follow=True).content.decode()
    memory = alice.memories.get()
    assert (memory.project.name, memory.body) == ("Home", '{"note":"Tea","task":"shop"}')
    assert (memory.tags, memory.task, memory.source) == (["a b", "c"], "shop", "MemoryLoop")


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"record": '{\n "a": 1\n "b": 2}'}, "There is an error in line 3."),
        ({"record": '{"a": 1, "a": 2}'}, "The key “a” is there twice in one object."),
        ({"record": "[1]"}, "it begins with { and ends with }."),
        ({"record": '{"a": NaN}'}, "JSON has no NaN."),
        ({"record": '{"a": "\\u0000"}'}, "A string has NUL or half a surrogate pair"),
        ({"record": '{"a": ' * 50 + "1" + "}" * 50}, "A memory can be nested 32 levels deep."),
        ({"record": '{"a": "' + "x" * 70_000 + '"}'}, "A memory can have up to 64 KB of JSON."),
        ({"record": ""}, "This field is required."),
        ({"project": "a/b"}, "A project&#x27;s name has 1 to 100 characters"),
        ({"project": ""}, "This field is required."),
        ({"tags": "x" * 51}, "Up to 20 tags"),
        ({"tags": ",".join(map(str, range(21)))}, "Up to 20 tags"),
        ({"date": "soon"}, "Enter a valid date."),
    ],
)
def test_what_cannot_be_saved_is_said_and_writes_nothing(
    browser: Client, alice: User, sent: dict[str, str], message: str
) -> None:
    response = browser.post(CREATE, {"project": "Home", "record": RECORD, **sent})
    assert response.status_code == 422
    assert message in response.content.decode()
    assert not alice.memories.exists()


def test_the_reason_is_beside_the_wrong_line(browser: Client, memory: Memory) -> None:
    wrong = '{\n "a": 1\n "<b>": 2\n}'
    page = browser.post(url("edit", memory), {"record": wrong}).content.decode()
    line = page.partition('<div class="json-line wrong">')[2].partition("</div>")[0]
    assert '<span class="line-number">3</span>' in line
    assert "&quot;&lt;b&gt;&quot;: 2" in line
    assert "A comma or a closing bracket is missing here." in line
    assert 'aria-describedby="id_record_error wrong-json"' in page
    memory.refresh_from_db()
    assert memory.data["zeta"] == 1.0


def test_a_memory_is_shown_as_it_was_written_and_changed(browser: Client, memory: Memory) -> None:
    page = browser.get(url("edit", memory)).content.decode()
    lines = (
        "{",
        "  &quot;zeta&quot;: 1.0,",
        "  &quot;alpha&quot;: &quot;é&quot;,",
        "  &quot;task&quot;: &quot;shop&quot;",
        "}",
    )
    assert "\n".join(lines) in page
    # The task is one of the record's own fields, so the field beside it stays empty.
    form = {"record": '{"b": 1, "a": 2, "task": "cook"}', "component": "api", "tags": "a b", "key": "tea-2"}
    browser.post(url("edit", memory), form)
    memory.refresh_from_db()
    assert (memory.body, memory.task) == ('{"b":1,"a":2,"task":"cook"}', "cook")
    assert (memory.component, memory.tags, memory.client_key, memory.source) == ("api", ["a b"], "tea-2", "")


def test_a_key_of_another_memory_is_refused_at_its_field(browser: Client, memory: Memory) -> None:
    save_memory(owner=memory.owner, project="Home", data={}, key="other")
    response = browser.post(url("edit", memory), {"record": "{}", "key": "other"})
    assert response.status_code == 422
    assert response.context["form"].errors == {"key": ["Another memory of the project has this key."]}


def test_a_deleted_memory_can_be_restored(browser: Client, memory: Memory) -> None:
    page = browser.post(url("delete", memory), follow=True).content.decode()
    assert "Memory deleted." in page
    assert url("restore", memory) in page
    assert browser.get(memory.get_absolute_url()).status_code == 404
    restored = browser.post(url("restore", memory), follow=True)
    assert restored.redirect_chain[-1][0] == memory.get_absolute_url()
