"""How Python shares its time between the threads of a server process."""

import gc
import sys
from typing import Any

from celery.signals import worker_ready

# Seconds after which a thread that computes lets another one run; Python's default is 5 ms. A request waits for other
# threads some thirty times (at each statement, for example), so beside a long computation it took 150 ms longer.
SWITCH_INTERVAL = 0.0005


def share_time_fairly() -> None:
    """Call after the program is loaded, before it serves.

    Everything loaded so far lives as long as the process, so the garbage collector need not look at it again: a full
    collection stopped all threads for 70 ms, and rendering one long text causes several.
    """
    sys.setswitchinterval(SWITCH_INTERVAL)
    gc.collect()
    gc.freeze()


def connect() -> None:
    """Have each worker share its time fairly as well."""
    worker_ready.connect(_prepare_worker)


def _prepare_worker(**_: Any) -> None:
    share_time_fairly()
