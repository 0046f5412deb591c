"""The reference, where it lies beside the checkout: `present` tells, `read` reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2].parent / "shared" / "reference"
GOLDEN = FOLDER / "golden"

present = pytest.mark.skipif(not FOLDER.is_dir(), reason="the reference does not lie beside this checkout")


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return found
