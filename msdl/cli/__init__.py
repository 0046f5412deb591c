"""The command line: one file a command, loaded when called; the only place that prints or exits."""

from __future__ import annotations

import gc
import signal
import sys

INTERRUPTED = 128 + signal.SIGINT
# A compiler makes much that lives to the end and little garbage; Python's own 700 costs a tenth of the time.
ALLOCATIONS_BETWEEN_COLLECTIONS = 100_000


def main() -> int:
    """The script `msdl`: runs the command line and returns the exit code."""
    if hasattr(signal, "SIGPIPE"):
        # `msdl list | head -1` ends as other Unix programs do, without a word.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    gc.set_threshold(ALLOCATIONS_BETWEEN_COLLECTIONS)
    try:
        from msdl.cli.app import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        return INTERRUPTED
