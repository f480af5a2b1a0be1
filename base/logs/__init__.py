"""Logs: the ids that each line carries, the two formats, and one line for each outage."""
