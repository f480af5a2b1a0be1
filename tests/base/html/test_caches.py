from base.html.caches import ENTRY_SIZE, SizedCache


def test_what_was_used_last_is_kept() -> None:
    cache = SizedCache[str](3 * (ENTRY_SIZE + 10))
    for key in "abc":
        cache.put(key, key.upper(), 10)
    assert cache.get("a") == "A"
    cache.put("d", "D", 10)
    assert [cache.get(key) for key in "abcd"] == ["A", None, "C", "D"]


def test_an_entry_that_is_larger_than_the_cache_is_not_kept() -> None:
    cache = SizedCache[str](1_000)
    cache.put("a", "A", 2_000)
    assert cache.get("a") is None
    assert len(cache) == 0


def test_an_entry_that_is_replaced_is_counted_once() -> None:
    cache = SizedCache[str](1_000)
    for number in range(100):
        cache.put("a", str(number), 300)
        cache.put("b", str(number), 300)
    assert (cache.get("a"), cache.get("b")) == ("99", "99")
    cache.clear()
    assert cache.get("a") is None
