"""The quality of hybrid search on the Cranfield collection: 1,400 abstracts, 225 queries, relevance judgments.

`CRANFIELD` names its directory (cran.all.1400.xml, cran.qry.xml, cranqrel.trec.txt); without it this benchmark is
skipped. The weights in `search.queries` were chosen by it.
"""

import math
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import numpy as np

from bench.tools.tables import Line, say, show
from search.embedders import Embedder
from search.embedders.builtin import BuiltinEmbedder
from search.index.arrow import IndexRow, TableSchema
from search.index.fusion import fuse
from search.index.lance_table import LanceTable, Match

OWNER = UUID(int=1)
CANDIDATES = 80  # in each ranking, as in `find` for 20 hits
WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0)


@dataclass(frozen=True)
class Collection:
    texts: dict[int, str]
    queries: dict[int, str]
    relevant: dict[int, set[int]]  # the numbers of the texts, by the number of the query


def read(directory: Path) -> Collection:
    documents = (directory / "cran.all.1400.xml").read_text(encoding="utf-8", errors="replace")
    texts = {
        int(number): " ".join(text.split())
        for number, text in re.findall(r"<docno>(\d+)</docno>.*?<text>(.*?)</text>", documents, re.DOTALL)
    }
    titles = re.findall(r"<title>(.*?)</title>", (directory / "cran.qry.xml").read_text(), re.DOTALL)
    relevant: dict[int, set[int]] = {}
    for line in (directory / "cranqrel.trec.txt").read_text().splitlines():
        query, _, document, grade = line.split()
        if int(grade) > 0:
            relevant.setdefault(int(query), set()).add(int(document))
    queries = {number: " ".join(title.split()) for number, title in enumerate(titles, start=1)}
    return Collection(texts, queries, relevant)


def fill(collection: Collection, embedder: Embedder) -> LanceTable:
    table = LanceTable("cranfield", TableSchema((), embedder.dimensions()))
    table.create()
    numbers = [number for number, text in collection.texts.items() if text]
    vectors = embedder.embed_documents([collection.texts[number] for number in numbers])
    rows = [
        IndexRow(UUID(int=number), 0, OWNER, 1, collection.texts[number], True, vector)
        for number, vector in zip(numbers, vectors, strict=True)
        if isinstance(vector, np.ndarray)
    ]
    table.merge(rows)
    return table


def run() -> None:
    directory = os.environ.get("CRANFIELD")
    if not directory:
        say("Cranfield: skipped, because CRANFIELD does not name its directory.")
        return
    collection, embedder = read(Path(directory)), BuiltinEmbedder()
    table = fill(collection, embedder)
    queries = [(number, text, embedder.embed_query(text)) for number, text in collection.queries.items()]
    rankings = {
        number: (
            _scores(table.search_words(owner_id=OWNER, query=text, filters=(), limit=CANDIDATES)),
            _scores(table.search_meaning(owner_id=OWNER, vector=vector, filters=(), limit=CANDIDATES)),
        )
        for number, text, vector in queries
        if collection.relevant.get(number)
    }
    lines = []
    for weight in WEIGHTS:
        ranked = {number: list(fuse(*pair, weight=weight)) for number, pair in rankings.items()}
        lines.append(_line(f"sum of normalized scores, {weight:.1f} of meaning", ranked, collection))
    fused = {number: reciprocal_ranks(*pair) for number, pair in rankings.items()}
    lines.append(_line("reciprocal rank fusion (k = 60)", fused, collection))
    show("Cranfield, built-in embedder", ("recall@10", "nDCG@10"), lines, baseline=lines[0])


def reciprocal_ranks(words: Mapping[UUID, float], meaning: Mapping[UUID, float]) -> list[UUID]:
    scores: dict[UUID, float] = {}
    for ranked in (words, meaning):
        for rank, key in enumerate(ranked):
            scores[key] = scores.get(key, 0.0) + 1 / (60 + rank + 1)
    return sorted(scores, key=lambda key: -scores[key])


def _scores(matches: Sequence[Match]) -> dict[UUID, float]:
    return {match.entity_id: match.score for match in matches}


def _line(name: str, ranked: Mapping[int, Sequence[UUID]], collection: Collection) -> Line:
    recalls, gains = [], []
    for number, keys in ranked.items():
        relevant = collection.relevant[number]
        hits = [key.int in relevant for key in keys[:10]]
        recalls.append(sum(hits) / min(len(relevant), 10))
        ideal = sum(1 / math.log2(rank + 2) for rank in range(min(len(relevant), 10)))
        gains.append(sum(hit / math.log2(rank + 2) for rank, hit in enumerate(hits)) / ideal)
    return Line(name, (float(np.mean(recalls)), float(np.mean(gains))))
