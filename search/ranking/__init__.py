"""Ranks one owner's rows for a query: pure functions over arrays, without the database or the index."""
