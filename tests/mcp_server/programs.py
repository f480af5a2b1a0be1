"""Programs that use the MCP server through the official client."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from typing import Any, Literal, TypeVar

import pytest
from httpx2 import AsyncClient
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp.types import CallToolResult, ErrorData

from mcp_server.callers import calling_with
from mcp_server.protocol import build_server
from tests.factories import ApiTokenFactory

Result = TypeVar("Result")
# To load the system's certificates takes each client 30 ms.
WITHOUT_CERTIFICATES = SSLContext(PROTOCOL_TLS_CLIENT)
Mode = Literal["legacy", "auto"]  # with the handshake of older clients, or without


@dataclass(frozen=True)
class Program:
    """A program with one token. Each method connects, does one thing, and disconnects."""

    run: Callable[[Callable[[Client], Awaitable[Any]]], Any]

    def tools(self) -> dict[str, Any]:
        """The tools that it is shown, by their names."""
        return {tool.name: tool for tool in self.run(lambda client: client.list_tools()).tools}

    def call(self, tool: str, **arguments: Any) -> Any:
        """The structured answer of the tool."""
        result = self.result_of(tool, **arguments)
        assert not result.is_error, result.content
        return result.structured_content

    def error_of(self, tool: str, **arguments: Any) -> str:
        """The message of a call that must fail."""
        result = self.result_of(tool, **arguments)
        assert result.is_error, result.structured_content
        [content] = result.content
        return str(content.text)

    def read(self, uri: str) -> Any:
        """The content of the resource."""
        [content] = self.run(lambda client: client.read_resource(uri)).contents
        return content

    def refusal_of(self, use: Callable[[Client], Awaitable[Any]]) -> ErrorData:
        """The protocol's error, which this use of the client must cause."""

        async def refused(client: Client) -> ErrorData:
            with pytest.raises(MCPError) as refusal:
                await use(client)
            return refusal.value.error

        error: ErrorData = self.run(refused)
        return error

    def result_of(self, tool: str, **arguments: Any) -> Any:
        result: CallToolResult = self.run(lambda client: client.call_tool(tool, arguments))
        return result


def in_memory(owner: Any, *scopes: str) -> Program:
    """A program of this user, in the process of the test. It has both scopes, or these."""
    token = ApiTokenFactory(owner=owner, **({"scopes": list(scopes)} if scopes else {}))

    def run(use: Callable[[Client], Awaitable[Result]]) -> Result:
        async def session() -> Result:
            async with Client(build_server(), mode="legacy") as client:
                return await use(client)

        with calling_with(lambda: token):
            return asyncio.run(session())

    return Program(run)


def over_http(url: str, token: str, *, mode: Mode = "auto") -> Program:
    """A program that sends this token to the web server at this address."""

    def run(use: Callable[[Client], Awaitable[Result]]) -> Result:
        return asyncio.run(http_session(url, token, use, mode=mode))

    return Program(run)


async def http_session(
    url: str, token: str, use: Callable[[Client], Awaitable[Result]], *, mode: Mode = "auto"
) -> Result:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        AsyncClient(headers=headers, verify=WITHOUT_CERTIFICATES, timeout=60) as http,
        Client(streamable_http_client(f"{url}/mcp", http_client=http), mode=mode) as client,
    ):
        return await use(client)
