"""Trains each network with each seed, two at a time, a thread each; what is finished is not trained again."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import product
from pathlib import Path

from networks import NETWORKS, SEEDS, spec

from msdl.runtime.run import RECORD, Run
from msdl.training.fit import is_finished

AT_ONCE = 2


def folder(build: Path, network: str, seed: int) -> Path:
    """Where a run lies."""
    return build / f"{network}-{seed}"


def train_all(build: Path) -> Iterator[tuple[str, int]]:
    """Yields each network and seed as their training ends; where one fails, its message ends the program."""
    # Seed by seed, so that what was interrupted has whole comparisons.
    runs = [(network, seed) for seed, network in product(SEEDS, NETWORKS)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = {pool.submit(train, folder(build, *run), *run): run for run in runs}
        try:
            for done in as_completed(waiting):
                done.result()
                yield waiting[done]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def train(place: Path, network: str, seed: int) -> None:
    """Trains with the options that are usual for digits; the seed decides split, weights and order."""
    if not (place / RECORD).exists():
        msdl("train", spec(network), "--seed", str(seed), "-o", str(place))
    elif not is_finished(Run.read(place)):
        msdl("train", "--resume", str(place))


def msdl(*arguments: str) -> None:
    """Runs the command line on one thread. Raises SystemExit with its message."""
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "msdl", *arguments]
    done = subprocess.run(command, env=one_thread, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"$ msdl {shlex.join(arguments)}\n{done.stderr}")
