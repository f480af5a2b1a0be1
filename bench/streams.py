"""Our overhead until the first word of a reply, and 200 replies at once, compared with the model alone.

The model is the stand-in for Ollama. It, the web server and the worker are separate processes.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import quantiles
from uuid import uuid4

from accounts.models import Scope, User
from accounts.services import create_token
from bench.tools.processes import WORKER, configure, ollama, process, web_server
from bench.tools.readers import Reading, ask_model, ask_site
from bench.tools.senders import send_steadily
from bench.tools.tables import percentile
from chat.models import Conversation, Role

MODEL = "llama3.2:latest"
ROUNDS, WARM_UP = 60, 5
AT_ONCE, PACE = 200, 0.1  # replies; seconds between two words from the model
WORDS = " ".join(f"word{number}" for number in range(100)) + " "
SENDS_A_SECOND = 20
FIRST_WORD_TARGET_MS, GAP_TARGET_MS = 40.0, 150.0


@contextmanager
def site(model: str) -> Iterator[str]:
    """Run a web server and a worker with this model. Yields the address."""
    quotas = dict.fromkeys(("REQUESTS_AT_ONCE", "STREAMS_AT_ONCE", "REPLIES_AT_ONCE"), "10000")
    environment = {"OLLAMA_BASE_URL": model, **quotas}
    with process(*WORKER, LOG_LEVEL="ERROR", **environment), web_server(**environment) as address:
        yield address


class BenchUser:
    def __init__(self) -> None:
        self.owner = User.objects.create_user(f"bench-{uuid4()}@example.org")
        self.token = create_token(owner=self.owner, name="bench", scopes=list(Scope))[1]

    def conversations(self, number: int, provider: str = "ollama") -> list[Conversation]:
        return Conversation.objects.bulk_create(
            [Conversation(owner=self.owner, provider=provider, model=MODEL, title="Bench") for _ in range(number)]
        )

    def reply_results(self) -> dict[str, int]:
        replies = self.owner.messages.filter(role=Role.ASSISTANT).values_list("status", "error")
        return dict(Counter(f"{status} {(error or {}).get('code', '')}".strip() for status, error in replies))


async def first_words(model: str, address: str, user: BenchUser) -> None:
    conversations = await asyncio.to_thread(user.conversations, ROUNDS + WARM_UP)
    direct, by_site = [], []
    for conversation in conversations:
        direct.append(1_000 * (await ask_model(model, MODEL)).first_after)
        by_site.append(1_000 * (await ask_site(address, conversation.pk, user.token)).first_after)
    direct, by_site = direct[WARM_UP:], by_site[WARM_UP:]
    overhead = [slow - fast for slow, fast in zip(by_site, direct, strict=True)]
    print(f"first word after the send began (target: {FIRST_WORD_TARGET_MS:g} ms over the model's own, p95)")
    for name, times in {"the model alone": direct, "MemoryLoop": by_site, "overhead": overhead}.items():
        print(f"  {name:<18}p50 {quantiles(times, n=2)[0]:7.1f} ms    p95 {quantiles(times, n=20)[-1]:7.1f} ms")


async def all_at_once(model: str, address: str, user: BenchUser) -> None:
    conversations = await asyncio.to_thread(user.conversations, AT_ONCE)
    direct = await asyncio.gather(*(ask_model(model, MODEL) for _ in range(AT_ONCE)))
    by_site = await asyncio.gather(*(ask_site(address, row.pk, user.token) for row in conversations))
    report_replies(direct, by_site, await asyncio.to_thread(user.reply_results))


def report_replies(direct: list[Reading], by_site: list[Reading], results: dict[str, int]) -> None:
    complete = sum(reading.text == WORDS and reading.end == "done" for reading in by_site)
    print(f"{AT_ONCE} replies at once, {len(WORDS.split())} words each, one per {1_000 * PACE:g} ms")
    print(f"  complete, without a gap or a repetition: {complete} of {AT_ONCE}")
    if complete < AT_ONCE:
        print(f"  last events: {dict(Counter(reading.end or 'none' for reading in by_site))}")
        print(f"  states in the database: {results}")
    print(f"  gap between two pieces (target: p95 {GAP_TARGET_MS:g} ms)")
    for name, readings in {"the model alone": direct, "MemoryLoop": by_site}.items():
        gaps = sorted(1_000 * gap for reading in readings for gap in reading.gaps)
        p50, p95, longest = gaps[len(gaps) // 2], gaps[int(0.95 * len(gaps))], gaps[-1]
        print(f"  {name:<18}p50 {p50:7.1f} ms    p95 {p95:7.1f} ms    longest {longest:7.1f} ms")


async def beside_sends(address: str, user: BenchUser, sender: BenchUser) -> None:
    """The same replies while another user sends messages. How soon search finds these, `bench.freshness` measures."""
    conversations = await asyncio.to_thread(user.conversations, AT_ONCE)
    others = await asyncio.to_thread(sender.conversations, 60 * SENDS_A_SECOND, "builtin")
    done = asyncio.Event()
    sending = asyncio.create_task(send_steadily(address, others, sender.token, a_second=SENDS_A_SECOND, until=done))
    by_site = await asyncio.gather(*(ask_site(address, row.pk, user.token) for row in conversations))
    done.set()
    await sending
    gaps = [1_000 * gap for reading in by_site for gap in reading.gaps]
    print(f"{AT_ONCE} replies at once beside {SENDS_A_SECOND} sends a second")
    print(f"  gap{'':<15}p50 {percentile(gaps, 0.5):7.1f} ms    p95 {percentile(gaps, 0.95):7.1f} ms")


def run() -> None:
    user, sender = BenchUser(), BenchUser()
    with ollama() as model, site(model) as address:
        asyncio.run(first_words(model, address, user))
        configure(model, reply=WORDS, pace=PACE)
        asyncio.run(all_at_once(model, address, user))
        asyncio.run(beside_sends(address, user, sender))
