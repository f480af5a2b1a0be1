"""Tests for operations.interpreter."""

import json
import subprocess
import sys

PROGRAM = """
import gc, json, sys, time

def cost():
    costs = []
    for _ in range(5):
        start = time.process_time()
        gc.collect()
        costs.append(time.process_time() - start)
    return min(costs)

loaded = [[number] for number in range(1_000_000)]
before = cost()
from operations.interpreter import share_time_fairly
share_time_fairly()
json.dump({"ratio": cost() / before, "interval": sys.getswitchinterval()}, sys.stdout)
"""


def test_what_was_loaded_is_not_collected_again_and_threads_switch_soon() -> None:
    output = subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True).stdout
    measured = json.loads(output)
    assert measured["ratio"] < 0.2
    assert measured["interval"] < 0.001
