"""The command line: one file a command, loaded when called; the only place that prints or exits."""

from __future__ import annotations

import gc
import os
import signal
import sys
from types import FrameType

INTERRUPTED = 128 + signal.SIGINT
# A compiler makes much that lives to the end and little garbage; Python's own 700 costs a tenth of the time.
ALLOCATIONS_BETWEEN_COLLECTIONS = 100_000


def main() -> int:
    """The script `msdl`: runs the command line and returns the exit code."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)
    if hasattr(signal, "SIGPIPE"):
        # `msdl list | head -1` ends as other Unix programs do, without a word.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    gc.set_threshold(ALLOCATIONS_BETWEEN_COLLECTIONS)
    try:
        from msdl.cli.app import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        return INTERRUPTED


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Ends the process at once while something is imported: large libraries swallow a KeyboardInterrupt there."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            os._exit(INTERRUPTED)
        frame = frame.f_back
    raise KeyboardInterrupt
