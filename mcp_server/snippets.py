"""How programs connect to this server: what their users paste. Pure."""

import json
from dataclasses import dataclass
from shlex import quote
from typing import Self

NAME = "memoryloop"


@dataclass(frozen=True)
class Snippets:
    """Commands for a shell, and JSON for files of configuration."""

    claude_code: str
    cursor: str
    claude_desktop: str
    curl: str

    @classmethod
    def of(cls, *, site: str, token: str, python: str, manage: str) -> Self:
        """`site` is the URL of the server without a path; `python` and `manage` are paths on its host."""
        authorization = f"Authorization: Bearer {token}"
        url = f"{site}/mcp"
        record = {"project": "Notes", "data": {"note": "What to remember"}}
        return cls(
            claude_code=f"claude mcp add --transport http {NAME} {quote(url)} --header {quote(authorization)}",
            cursor=_configuration({"url": url, "headers": {"Authorization": f"Bearer {token}"}}),
            claude_desktop=_configuration(
                {"command": python, "args": [manage, "mcp"], "env": {"MEMORYLOOP_TOKEN": token}}
            ),
            curl=(
                f"curl {quote(f'{site}/api/memories')} \\\n"
                f"  -H {quote(authorization)} \\\n"
                "  -H 'Content-Type: application/json' \\\n"
                f"  -d {quote(json.dumps(record))}"
            ),
        )


def _configuration(server: dict[str, object]) -> str:
    return json.dumps({"mcpServers": {NAME: server}}, indent=2)
