"""The outbox: dead letters, and changes that wait for long."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from operations.checks.outbox import outbox
from search.models import OutboxEntry, OutboxStatus
from tests.factories import MessageFactory

pytestmark = pytest.mark.django_db


def test_dead_letters_are_a_failure_and_old_changes_a_warning(alice: User) -> None:
    assert [finding.level for finding in outbox()] == ["ok"]
    MessageFactory(conversation__owner=alice)
    OutboxEntry.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    [waiting] = outbox()
    assert (waiting.level, "the oldest for 120 s" in waiting.message) == ("warning", True)
    OutboxEntry.objects.update(status=OutboxStatus.DEAD)
    [dead] = outbox()
    assert (dead.level, "requeue them there" in dead.advice) == ("failure", True)
