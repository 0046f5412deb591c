"""The tables behind `hf:NAME_OR_PATH`: files here, or a data set of the Hugging Face hub."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msdl.runtime.errors import InputError

NAME = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)?")
PATIENCE = 5  # seconds until the hub counts as out of reach
SAVED = ("dataset_dict.json", "state.json")  # what `save_to_disk` leaves


def load(place: str) -> Mapping[str, Any]:
    """Its parts by their names. Raises InputError."""
    import datasets

    path = Path(place)
    if not path.exists() and not NAME.fullmatch(place):
        raise InputError(f"There is no file or folder '{place}'.")
    with _quietly():
        try:
            found = _of_path(path) if path.exists() else _of_hub(place)
        except InputError:
            raise
        except Exception as error:  # whatever reads the files below `datasets` raises its own
            cause = error.__cause__ if isinstance(error, datasets.exceptions.DatasetGenerationError) else None
            first = str(cause or error).strip().partition("\n")[0].removesuffix(".")
            raise InputError(f"'{place}' can't be loaded: {first}.") from None
    return found if isinstance(found, dict) else {"train": found}


def _of_path(path: Path) -> Any:
    import datasets

    if path.is_file():
        if path.suffix != ".parquet":
            raise InputError(f"'{path}' is not a parquet file.", "a parquet file or a folder is read")
        return datasets.load_dataset("parquet", data_files=str(path))
    if any((path / name).is_file() for name in SAVED):
        return datasets.load_from_disk(str(path))
    return datasets.load_dataset(str(path.resolve()))


def _of_hub(name: str) -> Any:
    """From the hub, or where that is out of reach from what was fetched earlier."""
    import datasets

    if _in_reach():
        return datasets.load_dataset(name)
    try:
        with _offline():
            return datasets.load_dataset(name)
    except (OSError, ValueError):
        raise InputError(
            f"There is no file or folder '{name}' here, and the Hugging Face hub is out of reach.",
            "say the path of a parquet file or of a folder, or go online",
        ) from None


def _in_reach() -> bool:
    """Asked once: `datasets` itself would try again and again, for half a minute."""
    from huggingface_hub import constants, get_session

    try:
        get_session().head(constants.ENDPOINT, timeout=PATIENCE)
    except Exception:  # of whichever HTTP library is below
        return False
    return True


@contextmanager
def _offline() -> Iterator[None]:
    """`datasets` looks only at what was fetched earlier; these switches are else set as it is imported."""
    import datasets
    from huggingface_hub import constants

    before = datasets.config.HF_HUB_OFFLINE, constants.HF_HUB_OFFLINE
    datasets.config.HF_HUB_OFFLINE = constants.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        datasets.config.HF_HUB_OFFLINE, constants.HF_HUB_OFFLINE = before


@contextmanager
def _quietly() -> Iterator[None]:
    """Without progress bars and log lines: what matters is said in the error."""
    import datasets

    level = datasets.logging.get_verbosity()
    shown = datasets.is_progress_bar_enabled()
    datasets.logging.set_verbosity(datasets.logging.CRITICAL)
    datasets.disable_progress_bars()
    try:
        yield
    finally:
        datasets.logging.set_verbosity(level)
        if shown:
            datasets.enable_progress_bars()
