"""Classes of pixels: a mask for every image."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msdl.cli.predict.labels import Line

if TYPE_CHECKING:
    from msdl.runtime.dense import Told
    from msdl.runtime.opened import Opened
    from msdl.runtime.preprocessing import Preprocessing


def masks(
    network: Opened,
    preprocessing: Preprocessing,
    pictures: Iterable[tuple[str, Any]],
    exit: int | None,
    deadline: float | None,
    folder: str | None,
) -> Iterator[Line]:
    """One image after another: up to an exit, counted from 1, or the last; or until its time is up. Raises InputError.

    `pictures` are upright, each behind its name; or they are sentences that say why they can't be read.
    """
    from msdl.runtime.dense import until, within
    from msdl.runtime.errors import InputError

    engine = network.engine
    exits = len(engine.exits) if exit is None else exit
    tell = until(engine, exits) if deadline is None else within(engine, deadline, network.times)
    names = _Names()
    for name, picture in pictures:
        if isinstance(picture, str):
            yield {"image": name, "error": picture}
            continue
        told = tell(preprocessing(picture))
        path = None if folder is None else Path(folder) / names.next(name)
        try:
            yield _line(network, preprocessing, name, picture, told, path)
        except InputError as error:
            yield {"image": name, "error": str(error)}


class _Names:
    """Names of masks, each given once: `cat.png`, `cat-2.png`."""

    def __init__(self) -> None:
        self.given: set[str] = set()

    def next(self, image: str) -> str:
        stem = "stdin" if image == "-" else Path(image).stem
        number, name = 1, f"{stem}.png"
        while name in self.given:
            number += 1
            name = f"{stem}-{number}.png"
        self.given.add(name)
        return name


def _line(
    network: Opened, preprocessing: Preprocessing, name: str, picture: Any, told: Told, path: Path | None
) -> Line:
    """Writes the mask. Raises InputError."""
    from msdl.runtime import masks as files
    from msdl.runtime.errors import InputError
    from msdl.runtime.maps import VOID, classes

    said_by = network.engine.exits[told.exit]
    count = len(told.logits)
    if not told.finite:
        raise InputError(f"'{said_by}' gives what is not a number.")
    if count > VOID:
        raise InputError(f"A mask tells {VOID} classes apart, and '{said_by}' {count:,}.")
    assert network.maps is not None
    found = classes(told.logits, network.maps[said_by], preprocessing.shape)
    mask = files.painted(found, picture.size, preprocessing.seen(picture.size))
    if path is not None:
        files.write(mask, path)
    shares = {
        str(number) if network.classes is None else network.classes[number]: round(share, 6)
        for number, share in enumerate(files.shares(mask, count))
        if share
    }
    line = {"image": name, **({} if path is None else {"mask": str(path)}), "shares": shares, "exit": said_by}
    return line | {"ms": round(told.seconds * 1000, 3)} | ({"late": True} if told.late else {})
