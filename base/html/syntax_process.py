"""The process that highlights code for `base.html.syntax`. It imports Pygments, and nothing of this project.

It reads requests from standard input and writes responses to standard output, as frames of a length and that many
bytes; an empty frame says that it is ready. It ends with its input, which closes when its parent dies. The kernel ends
it when one request takes more CPU time than the first argument allows: a regular expression cannot be interrupted from
inside.
"""

import json
import signal
import struct
import sys
from typing import BinaryIO

from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import get_lexer_by_name

LENGTH = struct.Struct("!I")


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next frame; None at the end of the stream."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    return stream.read(length)


def write_frame(stream: BinaryIO, content: bytes) -> None:
    stream.write(LENGTH.pack(len(content)) + content)
    stream.flush()


def serve(requests: BinaryIO, responses: BinaryIO, cpu_seconds: float) -> None:
    formatter = HtmlFormatter(nowrap=True)
    write_frame(responses, b"")
    while request := read_frame(requests):
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
        language, text = json.loads(request)
        html = highlight(text, get_lexer_by_name(language), formatter)
        signal.setitimer(signal.ITIMER_PROF, 0)
        write_frame(responses, html.encode())


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, whose end ends this process
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # which ends the process
    serve(sys.stdin.buffer, sys.stdout.buffer, float(sys.argv[1]))
