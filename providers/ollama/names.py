"""Names of Ollama models. `llama3.2` and `llama3.2:latest` are one model: Ollama adds the tag if none is given."""

DEFAULT_TAG = ":latest"


def full_name(name: str) -> str:
    """The name with its tag; a colon before the last slash belongs to a registry's port."""
    has_tag = ":" in name.rpartition("/")[2]
    return name if has_tag or not name else name + DEFAULT_TAG


def short_name(name: str) -> str:
    """The name without the default tag, as the interface shows it."""
    return name.removesuffix(DEFAULT_TAG)


def is_same_model(one: str, other: str) -> bool:
    return full_name(one) == full_name(other)
