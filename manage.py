#!/usr/bin/env python
"""The command line of MemoryLoop."""

import os
import runpy
import sys


def main() -> None:
    os.umask(0o077)  # before the settings create DATA_DIR and its secrets
    # `up` runs for as long as the server. Without Django it has 20 MB instead of 160.
    program = "operations.up" if sys.argv[1:] == ["up"] else "memoryloop.command_line"
    runpy.run_module(program, run_name="__main__")


if __name__ == "__main__":
    main()
