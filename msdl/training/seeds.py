"""Seeds for every use of chance, from the one that `--seed` gives: what was drawn before never matters."""

from __future__ import annotations

import hashlib

import torch


def derived(seed: int, *purpose: int | str) -> int:
    """A seed of 63 bits for one purpose: `derived(0, "step", 17)`."""
    digest = hashlib.sha256(repr((seed, *purpose)).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def seed_torch(seed: int, *purpose: int | str) -> None:
    torch.manual_seed(derived(seed, *purpose))
