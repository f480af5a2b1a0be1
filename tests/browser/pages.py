"""The addresses of all pages, and rows that fill these pages, for the tests that visit every page."""

from collections.abc import Callable, Mapping
from datetime import date

import requests
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.db.models import Model
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from chat.models import MessageStatus, Role
from flashcards.generation.models import Generation, GenerationStatus
from flashcards.models import Card, CardKind, CardStatus
from providers.services import store_key
from tests.factories import (
    ApiTokenFactory,
    CardFactory,
    ConversationFactory,
    GenerationBatchFactory,
    GenerationFactory,
    LeftOutPieceFactory,
    MemoryFactory,
    MessageFactory,
    PassageFactory,
    ReviewFactory,
    SkillNodeFactory,
    SkillTestFactory,
    TreeRunFactory,
    reply_pieces,
)
from tests.processes import Site
from tests.site_urls import pages
from tests.stand_ins.claude import GOOD_KEY

ANSWER = """It takes **two** stages [1], written `light_reactions` and `calvin_cycle`.

| Stage | Place |
|:--|--:|
| Light reactions | a word so long that it does not fit on a phone: `thylakoid_membrane_of_a_chloroplast_in_a_leaf` |

```python
energy = PLANCK * LIGHT / wavelength  # a line that is longer than a phone is wide, so it has to scroll
```

$$
E = h\\nu + \\begin{pmatrix} 1 & 2 & 3 & 4 & 5 & 6 & 7 & 8 & 9 & 10 & 11 & 12 & 13 & 14 & 15 & 16 \\end{pmatrix}
$$
"""
# What a loaded page still waits for: responses to its requests, and formulas to be typeset.
UNFINISHED = ".htmx-request, .math:not(.typeset)"

Values = Mapping[str, object]


def fill(owner: User) -> Values:
    """Give the user some of everything; returns a value for each variable in an address."""
    conversation = ConversationFactory(owner=owner, title="Photosynthesis", pinned=True)
    ConversationFactory(owner=owner, title="An archived chat", archived=True)
    question = MessageFactory(conversation=conversation, content="How does it work?")
    context = reply_pieces(owner, "Plants use light.", f"Leaves have {'two_long_' * 20} layers.")
    reply = MessageFactory(
        conversation=conversation, role=Role.ASSISTANT, content=ANSWER, context=context, in_reply_to=question
    )
    error = {"code": "key-refused", "detail": "Claude refused the key. Check it under Settings."}
    failed = MessageStatus.FAILED
    MessageFactory(conversation=conversation, role=Role.ASSISTANT, content="Half", status=failed, error=error)
    card, generation = _fill_deck(owner, reply)
    token = ApiTokenFactory(owner=owner)
    store_key(owner=owner, provider="claude", key=GOOD_KEY)
    TOTP.activate(owner, generate_totp_secret())
    RecoveryCodes.activate(owner)
    rows: dict[str, Model] = {
        "left_out_id": LeftOutPieceFactory(conversation=conversation, piece_id=context[1]["id"]),
        "conversation_id": conversation,
        "message_id": reply,
        "card_id": card,
        "generation_id": generation,
        "passage_id": PassageFactory(owner=owner, message=reply, text=f"It takes {'two_long_' * 20} stages."),
    }
    rows |= _fill_skills(owner, reply) | _fill_memories(owner)
    others = {"provider": "claude", "kind": "json", "key": "a-b", "uidb36": "1", "number": "1"}
    return {**{name: row.pk for name, row in rows.items()}, "token_id": token.pk, **others}


def _fill_memories(owner: User) -> dict[str, Model]:
    """A memory with long and nested values and all that is kept beside a record, and one without anything."""
    record = {"note": f"A {'two_long_' * 20} word", "text": "long " * 300, "nested": [{"a": {"b": [1, 2.5]}}] * 9}
    beside = {"task": "two_long_" * 15, "component": "api", "tags": ["infra", "on call"], "source": "agent"}
    memory = MemoryFactory(project__owner=owner, data=record, date=date(2026, 11, 22), **beside)
    MemoryFactory(project=memory.project, data={})
    return {"project_id": memory.project, "memory_id": memory}


def _fill_skills(owner: User, reply: object) -> dict[str, Model]:
    """A skill with a test that was passed, cards and a chat, one with a test that is open, and a batch with drafts."""
    title = f"Light reactions and {'two_long_' * 15}"
    branch = SkillNodeFactory(tree__goal__owner=owner, title="Photosynthesis")
    passed = SkillTestFactory(skill__parent=branch, skill__title=title, ended=True)
    skill, goal = passed.skill, branch.tree.goal
    unfinished = SkillTestFactory(skill__tree=branch.tree)
    SkillNodeFactory(parent=skill, title="Photolysis")
    ConversationFactory(owner=owner, title="About light", goal=goal, skill=skill)
    CardFactory(owner=owner, skill=skill, message=reply, reviewed=True)
    batch = GenerationBatchFactory(goal=goal)
    made = GenerationFactory(owner=owner, batch=batch, skill=skill, text="", proposed=2)
    CardFactory.create_batch(2, owner=owner, generation=made, skill=skill, status=CardStatus.DRAFT)
    error = {"code": "nothing-about-skill", "detail": "There is no text about this skill."}
    GenerationFactory(owner=owner, batch=batch, skill=branch, text="", status=GenerationStatus.FAILED, error=error)
    return {
        **{"skill_id": skill, "test_id": unfinished, "open_skill_id": unfinished.skill, "batch_id": batch},
        **{"skill_node_id": skill, "goal_id": goal, "tree_id": branch.tree},
        **{"run_id": TreeRunFactory(goal=goal, status="done")},
    }


def _fill_deck(owner: User, reply: object) -> tuple[Card, Generation]:
    """Cards of each kind and status, a review, and two drafts, one of them a near duplicate of a card in the deck."""
    card: Card = CardFactory(
        owner=owner, question="What makes **ATP**?", answer=ANSWER, message=reply, tags=["bio", "x"], reviewed=True
    )
    CardFactory(owner=owner, kind=CardKind.CLOZE, question="{{c1::Paris}} is in France.", ordinal=1)
    CardFactory(owner=owner, status=CardStatus.SUSPENDED)
    ReviewFactory(card=card, owner=owner)
    generation: Generation = GenerationFactory(owner=owner, proposed=2)
    draft, _other = CardFactory.create_batch(2, owner=owner, generation=generation, status=CardStatus.DRAFT)
    near = {"question": "q", "answer": "a", "of": str(card.pk), "similarity": 0.8, "kind": "near"}
    generation.duplicates = [{**near, "draft_id": str(draft.pk)}]
    generation.save()
    return card, generation


def addresses(site: Site, session: str | None, values: Values) -> list[str]:
    """Each address that responds with a whole page to the user of this session, or to a visitor without one."""
    cookies = {settings.SESSION_COOKIE_NAME: session} if session else {}
    paths = [entry.path(values) for entry in pages() if entry.name]
    return [path for path in paths if _is_page(site.url + path, cookies)]


def _is_page(url: str, cookies: dict[str, str]) -> bool:
    with requests.get(url, cookies=cookies, allow_redirects=False, stream=True, timeout=20) as response:
        html = response.headers["Content-Type"].startswith("text/html")
        return html and response.status_code == 200 and "</html>" in response.text


def variants(values: Values) -> list[str]:
    """Addresses of pages whose query makes them look different."""
    review = reverse("quiz:review") + f"?card={values['card_id']}&turned=1"
    study = reverse("quiz:study") + f"?skill={values['skill_id']}"
    test = reverse("quiz:skill-test", args=[values["open_skill_id"]]) + "?turned=1"
    project = reverse("memories:project-detail", args=[values["project_id"]])
    return [
        review,
        study,
        test,
        f"{project}?q=note&date_from=2026-01-01&tag=infra&tag=on+call",
        f"{project}?task=unknown",
        reverse("chat:conversation-list") + "?archived",
        reverse("flashcards:card-list") + "?q=nothing",
    ]


def visit(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator(UNFINISHED)).to_have_count(0)


def walk(page: Page, addresses: list[str], faults_of: Callable[[Page], list[str]]) -> list[str]:
    """The faults on each page, each after its address."""
    faults = []
    for address in addresses:
        visit(page, address)
        faults += [f"{address}: {fault}" for fault in faults_of(page)]
    return faults
