"""Metrics of reviews."""

from base.metrics import counter

REVIEWS = counter("reviews", "Reviews of cards, by rating: 1 is Again and 4 is Easy.", ["rating"])
