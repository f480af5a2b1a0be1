"""Progress bars of the commands. They show on a terminal only, so that logs stay short."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


@contextmanager
def counting(name: str, total: int, *, done: int = 0) -> Iterator[Callable[[int], None]]:
    """A bar from `done` to `total`, as a function that advances it by a number of steps."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task(name, total=total, completed=done)
        yield lambda steps: progress.advance(bar, steps)
