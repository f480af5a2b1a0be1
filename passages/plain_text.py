"""The text of a message as it is read on its page, which is what users select."""

import re
from html import unescape

from django.utils.html import strip_tags

from base.html.markdown import render_markdown
from chat.models import Message, Role


def read_text(message: Message) -> str:
    """The message without its markup. The lines of replies are those of the rendered Markdown."""
    if message.role == Role.USER:
        return message.content
    return unescape(strip_tags(render_markdown(message.content)))


def without_space(text: str) -> str:
    """For comparing texts: browsers put other white space between the blocks of a selection than HTML has."""
    return "".join(text.split())


def without_blank_lines(text: str) -> str:
    return re.sub(r"\n\s*\n", "\n", text.strip())


def beginning(text: str, length: int) -> str:
    """At most `length` characters from the beginning of the text, cut after a line or a word if there is one."""
    if len(text) <= length:
        return text
    end = max(text.rfind(space, 0, length + 1) for space in "\n ")
    return text[: end if end > length // 2 else length].rstrip()
