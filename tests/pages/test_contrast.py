"""Reads the colors from tokens.css and computes the contrast (WCAG 2.2) of each pair that the pages use."""

import re
from itertools import product

import pytest
from django.conf import settings

TOKENS = (settings.BASE_DIR / "static/css/tokens.css").read_text()
COLORS = {
    name: {"light": light, "dark": dark}
    for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", TOKENS)
}
BACKGROUNDS = ("paper", "paper-raised", "paper-sunk", "fill", "accent-soft")
RATINGS = ("again", "hard", "good", "easy")
TEXT = [
    *product(("ink", "ink-soft"), BACKGROUNDS),
    *(("ink", f"{rating}-soft") for rating in (*RATINGS, "warn")),
    ("ink", "mark"),
    ("paper", "ink"),  # toasts
    ("on-accent", "accent"),
]
# Short words beside an icon, on a button or in a chip.
LABELS = [
    *product(("accent", *RATINGS, "warn"), ("paper", "paper-raised", "paper-sunk")),
    *((rating, f"{rating}-soft") for rating in RATINGS),
    ("accent", "accent-soft"),
    *product((f"code-{part}" for part in ("comment", "keyword", "text", "number", "name")), ("paper-sunk",)),
]
# A surface without a border must be visible on the page. A light theme needs less contrast for that than a dark one.
SURFACES = ("fill", "accent-soft", *(f"{rating}-soft" for rating in (*RATINGS, "warn")))
MIN_SURFACE_CONTRAST = {"light": 1.08, "dark": 1.3}
EDGES = [("edge", background) for background in ("paper", "paper-raised")]


def luminance(color: str) -> float:
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("foreground", "background", "min_contrast"),
    [*((*pair, 7.0) for pair in TEXT), *((*pair, 4.5) for pair in LABELS), *((*pair, 3.0) for pair in EDGES)],
)
def test_each_pair_of_colors_can_be_read(foreground: str, background: str, min_contrast: float, theme: str) -> None:
    assert contrast(COLORS[foreground][theme], COLORS[background][theme]) >= min_contrast


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("surface", SURFACES)
def test_a_bubble_or_chip_stands_out_from_the_page(surface: str, theme: str) -> None:
    assert contrast(COLORS[surface][theme], COLORS["paper"][theme]) >= MIN_SURFACE_CONTRAST[theme]
