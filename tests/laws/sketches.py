"""Random small specs, written as text, that are valid by construction."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.laws.grids import grids
from tests.laws.hourglasses import hourglasses
from tests.laws.stages import stages
from tests.laws.written import HEADS, Sketch, Written

__all__ = ["HEADS", "SKETCHES", "Sketch", "Written"]

SKETCHES = st.one_of(grids(), stages(), hourglasses())
