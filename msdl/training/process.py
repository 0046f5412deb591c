"""Which of several processes this one is; Lightning starts the others with the first one's command."""

from __future__ import annotations

import os


def is_first() -> bool:
    """Whether it makes the run's folder and talks to the user."""
    return all(int(os.environ.get(name) or 0) == 0 for name in ("RANK", "LOCAL_RANK"))
