"""`manage.py mcp` with the official client, as Claude Desktop starts it."""

import asyncio
import sys
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from mcp import Client, StdioServerParameters

from accounts.models import User
from memories.models import Memory
from tests.factories import ApiTokenFactory
from tests.processes import PROJECT, environment_of_test

TOKEN = "ml_token-of-alice"


@pytest.mark.django_db(transaction=True)
def test_a_program_on_the_host_uses_it_until_its_token_is_revoked(alice: User) -> None:
    token = ApiTokenFactory(owner=alice, token=TOKEN)
    command = StdioServerParameters(
        command=sys.executable,
        args=["manage.py", "mcp"],
        cwd=PROJECT,
        env={**environment_of_test(), "MEMORYLOOP_TOKEN": TOKEN},
    )

    async def session() -> tuple[Any, Any]:
        async with Client(command) as client:
            kept = await client.call_tool("remember", {"project": "Lab", "data": {"result": "ATP"}})
            await asyncio.to_thread(token.delete)
            return kept, await client.call_tool("list_projects", {})

    kept, refused = asyncio.run(session())
    assert kept.structured_content["id"] == str(Memory.objects.get(owner=alice).pk)
    assert refused.is_error
    assert refused.content[0].text == "Sign in, or send an API token as a Bearer token."


@pytest.mark.django_db
def test_it_ends_with_a_message_without_a_valid_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MEMORYLOOP_TOKEN", raising=False)
    with pytest.raises(CommandError, match="Give an API token with --token or in MEMORYLOOP_TOKEN"):
        call_command("mcp")
    with pytest.raises(CommandError, match="Sign in, or send an API token"):
        call_command("mcp", token="ml_unknown")
