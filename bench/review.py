"""Measures rating a card and the due queue at 50,000 cards and 500,000 reviews, compared with an update of one row."""

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module
from statistics import median, quantiles
from uuid import uuid4

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.utils import timezone

from accounts.models import User
from base.models import new_id
from base.postgresql.owner import signed_in_as_owner
from flashcards.models import Card
from memoryloop.urls import urlpatterns as site
from quiz.models import Review

CARDS, REVIEWS, ROUNDS = 50_000, 500_000, 400
TARGETS_MS = {
    "POST /api/quiz/rate": 6.0,
    "GET /api/quiz/due?limit=20": 8.0,
    "GET /review/": 8.0,
    "GET /api/quiz/stats": 20.0,
    "GET /progress/": 20.0,
}


def bare_update(request: HttpRequest, card_id: str) -> HttpResponse:
    """The minimum cost: a view that updates one row in one transaction."""
    with transaction.atomic():
        Card.objects.filter(pk=card_id).update(lapses=1)
    return HttpResponse(status=204)


urlpatterns = [*site, path("bare/<uuid:card_id>/", bare_update)]


def fill(owner: User, now: datetime) -> None:
    """A deck after a year: a tenth of the cards new, a third of the others due, and ten reviews per card."""
    generator = random.Random(1)
    cards = [_card(owner, number, now, generator) for number in range(CARDS)]
    Card.objects.bulk_create(cards, batch_size=5_000)
    for start in range(0, REVIEWS, 10_000):
        Review.objects.bulk_create([_review(owner, cards[n % CARDS], n, now) for n in range(start, start + 10_000)])
    with connection.cursor() as cursor:
        cursor.execute(import_module("quiz.migrations.0005_fill_review_days").FILL)
    with signed_in_as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE flashcards_card, quiz_review, quiz_reviewday")


def _card(owner: User, number: int, now: datetime, generator: random.Random) -> Card:
    card = Card(owner=owner, question=f"Question {number}", answer=f"Answer {number}", fingerprint=f"{number:064}")
    if number % 10:
        days = generator.uniform(-30, 60)
        card.state, card.stability, card.difficulty, card.reps = "review", 30.0, 5.0, 10
        card.due, card.last_review = now + timedelta(days=days), now + timedelta(days=days - 30)
    return card


def _review(owner: User, card: Card, number: int, now: datetime) -> Review:
    at = now - timedelta(days=365 * (1 - number / REVIEWS), hours=36)
    return Review(
        id=new_id(),
        owner=owner,
        review_id=uuid4(),
        card=card,
        rating=1 + number % 4,
        reviewed_at=at,
        day=at.date(),
        duration_ms=5_000,
        state_before="review",
        state_after="review",
        stability_before=20.0,
        stability_after=30.0,
        difficulty_before=5.0,
        difficulty_after=5.0,
        due_before=at,
        due_after=at + timedelta(days=30),
        reps_before=number // CARDS,
        lapses_before=0,
        status_before="active",
    )


def measure(call: Callable[[int], object], rounds: int = ROUNDS) -> tuple[float, float, float]:
    """Median and p95, and the median of this thread's CPU time, in milliseconds. The first twenty calls warm up."""
    times, cpu_times = [], []
    for number in range(rounds):
        began, cpu_began = time.perf_counter(), time.thread_time()
        call(number)
        cpu_times.append(1_000 * (time.thread_time() - cpu_began))
        times.append(1_000 * (time.perf_counter() - began))
    percentiles = quantiles(times[20:], n=20)
    return percentiles[9], percentiles[-1], median(cpu_times[20:])


@override_settings(ROOT_URLCONF="bench.review", ALLOWED_HOSTS=["testserver"])
def run() -> None:
    """Print median, p95 and CPU time of each call, and the ratio of its p95 to that of the bare update."""
    owner = User.objects.create_user(f"bench-{uuid4()}@example.org")
    fill(owner, timezone.now())
    client = Client()
    client.force_login(owner, "allauth.account.auth_backends.AuthenticationBackend")
    due = list(owner.cards.filter(state="review").order_by("due").values_list("pk", flat=True)[:ROUNDS])

    def rate(number: int) -> None:
        body = {"card_id": str(due[number]), "rating": 3, "review_id": str(uuid4())}
        assert client.post("/api/quiz/rate", body, content_type="application/json").status_code == 200

    measured = {
        "bare update of one row": measure(lambda number: client.post(f"/bare/{due[number]}/")),
        "POST /api/quiz/rate": measure(rate),
        "GET /api/quiz/due?limit=20": measure(lambda _: client.get("/api/quiz/due?limit=20")),
        "GET /review/": measure(lambda _: client.get("/review/")),
        "GET /api/quiz/stats": measure(lambda _: client.get("/api/quiz/stats"), rounds=100),
        "GET /progress/": measure(lambda _: client.get("/progress/"), rounds=100),
    }
    _, base, _ = measured["bare update of one row"]
    print(f"review at {CARDS:,} cards and {REVIEWS:,} reviews, server time")
    print(f"  {'':<28}{'median':>11}{'p95':>11}{'to bare':>10}{'CPU':>11}{'target p95':>13}")
    for name, (p50, p95, cpu) in measured.items():
        target = f"{TARGETS_MS[name]:10.0f} ms" if name in TARGETS_MS else ""
        print(f"  {name:<28}{p50:8.2f} ms{p95:8.2f} ms{p95 / base:8.1f} x{cpu:8.2f} ms{target}")
