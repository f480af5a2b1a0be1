"""A record as lines for a prompt, with all of its values. Pure."""

from collections.abc import Iterator, Mapping

from memories.records.values import Record


def prompt_text(record: Record) -> str:
    """A line for each value, after the keys that lead to it: `result.code: 12`. A list of plain values is one line.

    Search reads another text, without ids and addresses, but these may be what a question asks for.
    """
    return "\n".join(_lines(record, ""))


def _lines(value: object, path: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _lines(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        plain = [_plain(item) for item in value if not isinstance(item, Mapping | list)]
        if any(plain):
            yield f"{path}: {', '.join(filter(None, plain))}"
        for item in value:
            if isinstance(item, Mapping | list):
                yield from _lines(item, path)
    elif text := _plain(value):
        yield f"{path}: {text}"


def _plain(value: object) -> str:
    """Empty for a value that says nothing."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
