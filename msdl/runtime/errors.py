"""What is wrong with what a run is made from or fed with: data, run folders, policies, images."""

from __future__ import annotations


class InputError(Exception):
    """Says in a sentence or two, for the user, what can't be used and why; `help` says what could be done."""

    def __init__(self, message: str, help: str = "") -> None:
        if message.startswith("Caught "):  # a worker's, which torch makes again from its traceback
            message = message.rpartition("InputError: ")[2].strip()
        super().__init__(message)
        self.help = help
