"""The number of files and connections that one process may open."""

import resource

WANTED = 65_536


def raise_open_files_limit() -> int:
    """Raise this process's limit and that of its child processes, as far as the system allows. Returns the limit.

    Many systems allow 1,024 unless a program asks for more. A stream takes two: its reader, and Valkey.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft if soft != resource.RLIM_INFINITY else WANTED
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted
