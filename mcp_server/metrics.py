"""What programs do, for Prometheus. The names are those of our own tools, resources and prompts."""

from base.metrics import counter, histogram

CALLS = counter("mcp_calls", "Calls of programs, by how they ended.", ["kind", "name", "outcome"])
SECONDS = histogram("mcp_call_seconds", "Time that the call of a program took.", ["kind", "name"])
