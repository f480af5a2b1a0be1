"""The URIs by which programs name rows: `memoryloop://card/01a1fea7-713e-73f1-99e6-4d21b4049720`."""

from django.db.models import Model

SCHEME = "memoryloop"


def uri_of(row: Model) -> str:
    """The kind of resource is the name of its model."""
    return f"{SCHEME}://{row._meta.model_name}/{row.pk}"
