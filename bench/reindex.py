"""`manage.py reindex` of 100,000 messages beside a running worker, which wants to build the same table.

The messages are embedded once, by whichever of the two is first. The baseline is the embedding alone.
"""

import os
import subprocess
import sys
import time

from django.db.models import QuerySet

from accounts.models import User
from bench.tools.messages import generate
from bench.tools.processes import PROJECT, WORKER, process
from bench.tools.tables import Line, say, show
from chat.models import Conversation, Message
from search.embedders.builtin import BuiltinEmbedder
from search.index.tables import lance_table
from search.models import IndexTable, TableState
from search.registry import entity_of
from search.sync.rebuild import BATCH

ROWS = int(os.environ.get("REINDEX_ROWS") or 100_000)
PER_CONVERSATION = 100
INSERTED_AT_ONCE = 2_000
TARGET = 180.0  # seconds


def run() -> None:
    texts = generate(ROWS).texts
    create_messages(texts)
    began = time.perf_counter()
    for start in range(0, ROWS, BATCH):
        BuiltinEmbedder().embed_documents(texts[start : start + BATCH])
    embedding = Line("embedding alone", (time.perf_counter() - began,))
    with process(*WORKER):
        began = time.perf_counter()
        reindex = subprocess.run(
            [sys.executable, "manage.py", "reindex", "--table", "messages"], cwd=PROJECT, check=False
        )
        seconds = time.perf_counter() - began
    target = Line("the target", (TARGET,))
    show(f"Reindex of {ROWS:,} messages", ("s",), [target, embedding, Line("reindex", (seconds,))], baseline=embedding)
    built = tables()
    rows, embedded = lance_table(entity_of("messages"), built.get(state=TableState.ACTIVE)).count()
    say(f"exit status {reindex.returncode}; tables built: {built.count()}; rows {rows:,}, with vectors {embedded:,}")


def tables() -> "QuerySet[IndexTable]":
    return IndexTable.objects.filter(table="messages")


def create_messages(texts: list[str]) -> None:
    owner = User.objects.create_user("bench@example.org")
    count = len(texts) // PER_CONVERSATION + 1
    conversations = [Conversation(owner=owner, provider="builtin", title="Bench") for _ in range(count)]
    Conversation.objects.bulk_create(conversations)
    for start in range(0, len(texts), INSERTED_AT_ONCE):
        Message.objects.bulk_create(
            Message(conversation=conversations[number // PER_CONVERSATION], owner=owner, role="user", content=text)
            for number, text in enumerate(texts[start : start + INSERTED_AT_ONCE], start)
        )
