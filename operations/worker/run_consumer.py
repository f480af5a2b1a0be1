"""Takes runs from a queue of their own, so that no other task waits behind them."""

from typing import Any

from celery import bootsteps
from django.conf import settings
from kombu import Consumer

from base.jobs import RUNS


class RunConsumer(bootsteps.ConsumerStep):
    """Consumes the queue RUNS with a channel of its own.

    Celery reads no more from a channel while as many of its tasks wait for a thread as `prefetch_count` allows.
    """

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, c: Any) -> None:
        channel = c.connection.channel()
        consumer = Consumer(
            channel,
            queues=[c.app.amqp.queues[RUNS]],
            on_message=c.create_task_handler(),
            accept=c.app.conf.accept_content,
            prefetch_count=settings.WORKER_THREADS,
        )
        self.consumers = [consumer]
        consumer.consume()
