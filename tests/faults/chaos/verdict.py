"""Compares what the site holds at the end with the oracle, through the API, the search and `check_index`."""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from tests.faults.chaos.oracle import Verdict
from tests.faults.chaos.site import ChaosSite
from tests.faults.chaos.user import ChaosUser
from tests.waiting import wait_until

FOUND_WITHIN = 30.0  # seconds after the last kill
ENDED_WITHIN = 60.0  # seconds in which the sweeps have ended every run of a dead worker
WHOLE_WITHIN = 60.0  # seconds until the index has every vector, too


def compare(users: Iterable[ChaosUser]) -> Verdict:
    verdict = Verdict()
    for user in users:
        conversations = user.get_all("/chat/conversations")
        messages = [
            message
            for conversation in conversations
            for message in user.get_all(f"/chat/conversations/{conversation['id']}/messages")
        ]
        sent = [message["content"] for message in messages if message["role"] == "user"]
        replies = [message["id"] for message in messages if message["role"] == "assistant"]
        if len(sent) != len(replies):
            verdict.doubled.append(f"user {user.number} has {len(sent)} messages and {len(replies)} replies")
        verdict.compare("conversation", user.conversations, _by_word(row["title"] for row in conversations))
        verdict.compare("message", user.messages, _by_word(sent))
        verdict.compare("card", user.cards, _by_word(row["question"] for row in user.get_all("/flashcards")))
        reviews = user.get_all("/quiz/history")
        verdict.compare("review", user.reviews, _grouped((row["review_id"], row["card_id"]) for row in reviews))
        verdict.compare("reply", user.replies, _grouped((reply, "") for reply in replies))
    return verdict


def wait_until_found(users: Sequence[ChaosUser], since: float) -> float:
    """Wait until search finds every message that exists. Returns the seconds since `since` (monotonic)."""
    missing = [(user, word) for user in users for word in _living_words(user)]
    while True:
        reasons = {(user.number, word): _not_found(user, word) for user, word in missing}
        missing = [(user, word) for user, word in missing if reasons[user.number, word]]
        seconds = time.monotonic() - since
        print(f"{seconds:.1f} s after the last kill, {len(missing)} messages are not found")
        assert seconds < FOUND_WITHIN, f"{seconds:.0f} s after the last kill, not found: {missing and reasons}"
        if not missing:
            return seconds


def wait_until_ended(users: Sequence[ChaosUser]) -> None:
    """Wait until every reply and every generation has ended."""
    wait_until(lambda: not any(_unfinished(user) for user in users), ENDED_WITHIN)


def wait_until_whole(site: ChaosSite) -> str:
    """Wait until the outbox is empty and the index equals PostgreSQL. Returns what `check_index` says.

    A damaged file that no search has met is repaired with `--repair`, as an operator would. A difference is not: it
    would be a change that was lost on its way to the index.
    """
    said = ""

    def is_whole() -> bool:
        nonlocal said
        result = site.manage("check_index")
        said = result.stdout + result.stderr
        if "files are damaged" in said:
            assert "of them again" not in site.manage("check_index", "--repair").stdout, said
        clean = result.returncode == 0 and "outbox: 0 pending, 0 dead" in said
        return clean and said.count(" 0 missing vectors") == said.count(" stale")

    try:
        wait_until(is_whole, WHOLE_WITHIN)
    except AssertionError:
        raise AssertionError(f"The index is not whole: {said}") from None
    return said


def _by_word(texts: Iterable[str]) -> Mapping[str, list[str]]:
    """The texts by each of their words."""
    return _grouped((word.strip(".?"), text) for text in texts for word in text.split())


def _grouped(pairs: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups


def _living_words(user: ChaosUser) -> list[str]:
    present = _by_word(
        message["content"]
        for conversation in user.get_all("/chat/conversations")
        for message in user.get_all(f"/chat/conversations/{conversation['id']}/messages")
        if message["role"] == "user"  # a reply may quote a message that was deleted since
    )
    return [message.key for message in user.messages if message.key in present]


def _not_found(user: ChaosUser, word: str) -> str:
    """Why the index does not find the word; empty if it does."""
    answer = user.request("POST", "/messages/search", {"query": word, "mode": "keyword", "role": "user", "limit": 5})
    if answer is None or answer.status != 200:
        return f"the search failed: {answer}"
    if answer.body["notice"]:
        return str(answer.body["notice"])
    texts = [item["message"]["content"] for item in answer.body["items"]]
    return "" if any(word in text.strip(".").split() for text in texts) else f"only {texts} are"


def _unfinished(user: ChaosUser) -> bool:
    if any(user.get(f"/flashcards/generations/{run.id}")["status"] == "running" for run in user.generations):
        return True
    return any(
        message["status"] == "generating"
        for conversation in user.get_all("/chat/conversations")
        for message in user.get_all(f"/chat/conversations/{conversation['id']}/messages")
    )
