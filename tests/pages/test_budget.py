"""The first page transfers at most 120 KB, fonts included. The scripts of all pages together are at most 40 KB."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

KB = 1024
# The first page uses Latin letters only; the other font files are loaded when a text needs them.
FONTS = ("vendor/inter/inter-latin.woff2", "vendor/source-serif-4/source-serif-4-latin-normal.woff2")


def transfer_size(path: Path) -> int:
    """Bytes on the wire: WhiteNoise sends text compressed, and a woff2 is compressed already."""
    return path.stat().st_size if path.suffix == ".woff2" else len(gzip.compress(path.read_bytes(), 9))


def static_file(name: str) -> Path:
    path = finders.find(name)
    assert isinstance(path, str), name
    return Path(path)


@pytest.mark.django_db
def test_the_first_page_is_within_its_budget() -> None:
    html = Client().get("/accounts/login/").content.decode()
    names = set(re.findall(rf'(?:src|href)="{settings.STATIC_URL}([^"]+)"', html))
    scripts = sum(transfer_size(static_file(name)) for name in names if name.endswith(".js"))
    rest = sum(transfer_size(static_file(name)) for name in names | set(FONTS) if not name.endswith(".js"))
    assert scripts <= 40 * KB, scripts
    assert len(gzip.compress(html.encode())) + scripts + rest <= 120 * KB, (scripts, rest)


@pytest.mark.django_db
def test_the_scripts_of_all_pages_are_within_the_budget() -> None:
    """Temml is not among them: it is loaded only where there is a formula."""
    html = Client().get("/accounts/login/").content.decode()
    libraries = re.findall(rf'src="{settings.STATIC_URL}((?!js/)[^"]+)"', html)
    assert len(libraries) > 1
    own = (settings.BASE_DIR / "static/js").glob("*.js")
    assert sum(transfer_size(path) for path in [*map(static_file, libraries), *own]) <= 40 * KB
