"""Prints the result of a benchmark as a table, with the ratio of each figure to its baseline."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Line:
    name: str
    figures: tuple[float, ...]
    note: str = ""


def show(title: str, columns: Sequence[str], lines: Sequence[Line], *, baseline: Line) -> None:
    """Print the lines. The ratio to the baseline follows each figure."""
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for column in columns:
        table.add_column(column, justify="right")
    table.add_column("note")
    for line in lines:
        pairs = zip(line.figures, baseline.figures, strict=True)
        cells = [f"{figure:.4g} (x {figure / base:.2f})" if base else f"{figure:.4g}" for figure, base in pairs]
        table.add_row(line.name, *cells, line.note)
    Console(width=140).print(table)


def say(message: str) -> None:
    Console(width=140).print(message)


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
