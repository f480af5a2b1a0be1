"""Metrics of replies. How they end is counted in `base.runs`."""

from collections.abc import Iterator

from django.db.models import Count, Q
from prometheus_client.core import Metric

from base.metrics import histogram
from base.metrics.sources import gauge_family, source
from chat.models import Message, MessageStatus

FIRST_WORD = histogram("reply_first_word_seconds", "Time from the request of a reply to its first word.", ["provider"])


@source("replies")
def _replies() -> Iterator[Metric]:
    unfinished = Message.objects.filter(status=MessageStatus.GENERATING)
    counts = unfinished.aggregate(
        waiting=Count("id", filter=Q(heartbeat_at=None)), running=Count("id", filter=~Q(heartbeat_at=None))
    )
    family = gauge_family("replies_unfinished", "Replies that wait for a worker, or are being written.", ["state"])
    for state, count in counts.items():
        family.add_metric([state], count)
    yield family
