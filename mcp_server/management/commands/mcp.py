"""`manage.py mcp`: the MCP server over stdin and stdout, for programs on the host of the server."""

import asyncio
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import ApiToken
from base.connections import release_connection
from base.errors import MemoryLoopError
from base.postgresql.acting import acting_for
from mcp_server.callers import FindToken, admit, calling_with
from mcp_server.protocol import serve_stdio

VARIABLE = "MEMORYLOOP_TOKEN"


class Command(BaseCommand):
    help = "Serve the Model Context Protocol over stdin and stdout, with the rights of an API token."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--token", help=f"an API token; by default the environment variable {VARIABLE}")

    def handle(self, *args: Any, token: str | None, **options: Any) -> None:
        secret = token or os.environ.get(VARIABLE, "")
        if not secret:
            raise CommandError(f"Give an API token with --token or in {VARIABLE}.")

        def find_token() -> ApiToken:
            # For each call, so that a token that is revoked meanwhile is refused.
            return admit(f"Bearer {secret}")

        # A command acts for all users, and this one for nobody but the token's owner.
        with acting_for(None), calling_with(find_token):
            _check(find_token)
            asyncio.run(serve_stdio())


def _check(find_token: FindToken) -> None:
    """End with a message, before a program waits for answers."""
    try:
        find_token()
    except MemoryLoopError as error:
        raise CommandError(error.detail) from None
    finally:
        release_connection()
