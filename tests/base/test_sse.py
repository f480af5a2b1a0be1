import gc
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from asgiref.sync import async_to_sync
from django.http import StreamingHttpResponse
from pytest_django import Settings

from base import sse
from base.quotas.slots import TooManyStreams

pytestmark = pytest.mark.django_db


async def events() -> AsyncIterator[str]:
    yield sse.KEEP_ALIVE


@pytest.fixture
def reader(settings: Settings) -> UUID:
    settings.STREAMS_AT_ONCE = 2
    return uuid4()


def opened(reader: UUID) -> StreamingHttpResponse:
    return sse.stream_response(events(), reader=reader)


def test_a_reader_has_as_many_open_streams_as_are_allowed(reader: UUID) -> None:
    streams = [opened(reader), opened(reader)]
    with pytest.raises(TooManyStreams):
        opened(reader)
    opened(uuid4()).close()
    streams[0].close()
    opened(reader).close()


def test_a_stream_that_is_dropped_before_it_is_sent_does_not_count(reader: UUID) -> None:
    for _ in range(5):
        opened(reader)
        gc.collect()


def test_the_events_are_sent(reader: UUID) -> None:
    async def read(response: StreamingHttpResponse) -> list[bytes]:
        return [part async for part in response]

    assert async_to_sync(read)(opened(reader)) == [sse.KEEP_ALIVE.encode()]
