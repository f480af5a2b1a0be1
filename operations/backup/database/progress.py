"""Progress for the operator: a line for each step, and on a terminal a bar of the rows that are dumped or loaded."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from operations.backup.database.tools import OnLine

# What pg_dump and pg_restore write with --verbose when they begin with the rows of a table.
BEGIN = re.compile(r'(?:dumping contents of|processing data for) table "[^"]*?\.([^"]+)"')


class Reporter:
    """Reports progress to `stream`; without one, to nobody."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream

    def step(self, message: str) -> None:
        if self.stream:
            self.stream.write(f"{message}\n")
            self.stream.flush()

    @contextmanager
    def rows(self, counts: Mapping[str, int]) -> Iterator[OnLine]:
        """A bar of the rows of all tables, as a function that takes what pg_dump and pg_restore write to stderr."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        console = Console(file=self.stream)
        with Progress(*columns, console=console, disable=not (self.stream and console.is_terminal)) as progress:
            bar = progress.add_task("", total=sum(counts.values()))
            begun: list[str] = []

            def on_line(line: str) -> None:
                if match := BEGIN.search(line):
                    progress.update(bar, completed=sum(counts.get(table, 0) for table in begun), description=match[1])
                    begun.append(match[1])

            yield on_line
            progress.update(bar, completed=sum(counts.values()), description="")
