import json
import shlex

from mcp_server.snippets import Snippets

SITE = "https://memory.example.org"


def test_each_text_has_the_address_and_the_token() -> None:
    snippets = Snippets.of(site=SITE, token="ml_a'b", python="/opt/ml/python", manage="/opt/m l/manage.py")
    assert shlex.split(snippets.claude_code)[-3:] == [f"{SITE}/mcp", "--header", "Authorization: Bearer ml_a'b"]
    assert json.loads(snippets.cursor)["mcpServers"]["memoryloop"] == {
        "url": f"{SITE}/mcp",
        "headers": {"Authorization": "Bearer ml_a'b"},
    }
    assert json.loads(snippets.claude_desktop)["mcpServers"]["memoryloop"] == {
        "command": "/opt/ml/python",
        "args": ["/opt/m l/manage.py", "mcp"],
        "env": {"MEMORYLOOP_TOKEN": "ml_a'b"},
    }
    words = shlex.split(snippets.curl.replace("\\\n", " "))
    assert (words[1], words[3]) == (f"{SITE}/api/memories", "Authorization: Bearer ml_a'b")
    assert json.loads(words[-1])["project"] == "Notes"
