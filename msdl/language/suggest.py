"""`did you mean ..?`"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A help line that names the closest known word, or nothing."""
    close = get_close_matches(word, list(dict.fromkeys(known)), n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else ""
