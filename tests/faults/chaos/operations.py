"""What users do. Each operation tells the oracle's items what was requested, and what was acknowledged."""

from collections.abc import Callable
from random import Random
from uuid import UUID

from tests.faults.chaos.oracle import Exists, Item
from tests.faults.chaos.user import ChaosUser

# The stand-in for Claude breaks each of its replies off in mid-stream.
MODELS = [("ollama", "llama3.2:latest"), ("claude", "claude-standin-5"), ("builtin", "")]
REPEATED = 0.3  # the share of ratings that are sent a second time
RATING_ATTEMPTS = 10


def open_conversation(user: ChaosUser, random: Random) -> Item | None:
    word = user.new_word()
    conversation = Item(word, {word})
    user.conversations.append(conversation)
    provider, model = random.choice(MODELS)
    body = {"title": word, "provider": provider, "model": model}
    return conversation if _create(conversation, user, "/chat/conversations", body) else None


def send(user: ChaosUser, random: Random) -> None:
    conversation = user.choose(user.conversations, random) or open_conversation(user, random)
    if conversation and not _send_to(conversation, user):
        conversation = open_conversation(user, random)
        if conversation:
            _send_to(conversation, user)


def _send_to(conversation: Item, user: ChaosUser) -> bool:
    """False when the conversation's last reply is still being written."""
    word = user.new_word()
    text = f"Today I learned {word}."
    message, reply = Item(word, {text}, parent=conversation), Item("", {""}, parent=conversation)
    user.messages.append(message)
    answer = user.request("POST", f"/chat/conversations/{conversation.id}/messages", {"content": text})
    if answer is None:
        return True
    if answer.status == 409:
        message.refused()
        return False
    assert answer.status == 201, answer
    message.created(answer.body["message"]["id"])
    reply.created(answer.body["reply"]["id"])
    reply.key = reply.id
    user.replies.append(reply)
    return True


def rename(user: ChaosUser, random: Random) -> None:
    conversation = user.choose(user.conversations, random)
    if conversation is None:
        return
    title = f"{conversation.key} {user.new_word()}"
    _change(conversation, user, f"/chat/conversations/{conversation.id}", "title", title)


def delete_conversation(user: ChaosUser, random: Random) -> None:
    conversation = user.choose(user.conversations, random)
    if conversation is not None:
        _delete(conversation, user, f"/chat/conversations/{conversation.id}")


def create_card(user: ChaosUser, random: Random) -> None:
    word = user.new_word()
    question = f"What is {word}?"
    card = Item(word, {question})
    user.cards.append(card)
    _create(card, user, "/flashcards", {"question": question, "answer": "Something to remember."})


def edit_card(user: ChaosUser, random: Random) -> None:
    card = user.choose(user.cards, random)
    if card is None:
        return
    question = f"What is {card.key} or {user.new_word()}?"
    _change(card, user, f"/flashcards/{card.id}", "question", question)


def delete_card(user: ChaosUser, random: Random) -> None:
    card = user.choose(user.cards, random)
    if card is not None:
        _delete(card, user, f"/flashcards/{card.id}")


def _create(item: Item, user: ChaosUser, path: str, body: dict[str, str]) -> bool:
    """Whether the creation was acknowledged."""
    answer = user.request("POST", path, body)
    if answer is None:
        return False
    assert answer.status == 201, answer
    item.created(answer.body["id"])
    return True


def _change(item: Item, user: ChaosUser, path: str, field: str, text: str) -> None:
    item.change_begins(text)
    answer = user.request("PATCH", path, {field: text})
    if answer is not None:
        assert answer.status == 200, answer
        item.changed(text)


def _delete(item: Item, user: ChaosUser, path: str) -> None:
    item.deletion_begins()
    answer = user.request("DELETE", path)
    if answer is not None:
        assert answer.status == 204, answer
        item.deleted()


def rate(user: ChaosUser, random: Random) -> None:
    """Rate a card, and send the same rating again until it is acknowledged, and some of them once more."""
    card = user.choose(user.cards, random)
    if card is None:
        return
    review_id = str(UUID(int=random.getrandbits(128), version=4))
    review = Item(review_id, {card.id})
    user.reviews.append(review)
    body = {"card_id": card.id, "rating": random.randrange(1, 5), "review_id": review_id}
    for _ in range(RATING_ATTEMPTS):
        answer = user.request("POST", "/quiz/rate", body)
        if answer is not None:
            assert answer.status == 200, answer
            review.created(answer.body["review"]["id"])
            break
    if random.random() < REPEATED:
        answer = user.request("POST", "/quiz/rate", body)
        assert answer is None or answer.body["review"]["id"] == review.id, answer


def undo(user: ChaosUser, random: Random) -> None:
    """Undo the latest review, if the user knows which one that is."""
    cards = {card.id: card.state for card in user.cards}
    reviews = [
        review
        for review in user.reviews
        if review.state is not Exists.NO and all(cards[card] is not Exists.NO for card in review.texts)
    ]
    if not reviews or reviews[-1].state is not Exists.YES:
        return
    latest = reviews[-1]
    if any(cards[card] is not Exists.YES for card in latest.texts):
        return
    latest.deletion_begins()
    answer = user.request("POST", "/quiz/undo")
    if answer is not None:
        assert answer.status == 200, answer
        assert {answer.body["card"]["id"]} == latest.texts, answer
        latest.deleted()


def search(user: ChaosUser, random: Random) -> None:
    """What is deleted must not be found, even while the index is behind."""
    message = random.choice(user.messages) if user.messages else None
    if message is None:
        return
    answer = user.request("POST", "/messages/search", {"query": message.key, "mode": "keyword"})
    if answer is not None:
        assert answer.status == 200, answer
        found = any(message.key in item["message"]["content"].rstrip(".").split() for item in answer.body["items"])
        if found and message.state is Exists.NO:
            user.faults.append(f"deleted message {message.key} was found")


def generate(user: ChaosUser, random: Random) -> None:
    answer = user.request("POST", "/flashcards/generate", {"text": "Mitochondria make ATP.", "provider": "ollama"})
    if answer is not None and answer.status == 202:
        generation = Item(answer.body["generation"]["id"])
        generation.created(generation.key)
        user.generations.append(generation)


OPERATIONS: dict[str, Callable[[ChaosUser, Random], object]] = {
    function.__name__: function
    for function in (
        *(open_conversation, send, rename, delete_conversation, create_card, edit_card, delete_card),
        *(rate, undo, search, generate),
    )
}
