import pytest

from base.text import storable


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("", ""),
        ("plain, ünïcode and 😀", "plain, ünïcode and 😀"),
        ("a\0b", "a\ufffdb"),
        ("a\ud800b\udfffc", "a\ufffdb\ufffdc"),
        ("\ud83d\ude00", "\ufffd\ufffd"),  # two halves in a row are still two code points of a str
        ("tab\tand\nline", "tab\tand\nline"),
    ],
)
def test_what_cannot_be_stored_is_replaced(text: str, stored: str) -> None:
    assert storable(text) == stored
    assert len(stored) == len(text)


def test_storable_text_has_no_nul_and_encodes_as_utf_8() -> None:
    every_surrogate = "".join(map(chr, range(0xD800, 0xE000)))

    assert storable(f"\0{every_surrogate}").encode().decode() == "\ufffd" * 2049
