"""Picture files: opened and decoded with every fault of theirs told in a sentence's worth of words."""

from __future__ import annotations

import os
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

# Pillow opens more than these; one of its formats (EPS) starts another program on what it is given.
FORMATS = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "PNG": (".png",),
    "WEBP": (".webp",),
    "BMP": (".bmp",),
    "GIF": (".gif",),
    "TIFF": (".tif", ".tiff"),
    "PPM": (".ppm", ".pgm", ".pbm", ".pnm"),
    "JPEG2000": (".jp2", ".j2k"),
}
SUFFIXES = tuple(suffix for suffixes in FORMATS.values() for suffix in suffixes)


@contextmanager
def opened(file: str | Path | BinaryIO) -> Iterator[Image.Image]:
    """A picture whose header is read and whose pixels are not yet decoded. Raises OSError with the reason."""
    with _faults():
        if not hasattr(file, "read"):
            _insist_on_file(Path(file))
        with Image.open(file, formats=tuple(FORMATS)) as picture:
            yield picture


def decoded(file: str | Path | BinaryIO) -> Image.Image:
    """A picture with its pixels; of several frames the first. Raises OSError with the reason."""
    with opened(file) as picture:
        picture.load()
        return picture


def reason(error: OSError) -> str:
    """Why a picture can't be read, to go on after a colon."""
    return error.strerror or str(error)


def pictures_below(folder: Path) -> Iterator[tuple[Path, OSError | None]]:
    """The files below a folder that are named as pictures, in order, and the folders there that can't be read, and why.

    What begins with a dot is left out, and links to folders aren't followed.
    """
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        yield folder, error
        return
    for entry in entries:
        path = folder / entry.name
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from pictures_below(path)
        elif path.suffix.lower() in SUFFIXES:
            yield path, None


def _insist_on_file(path: Path) -> None:
    """Refuses pipes, which would block, and devices, which have no end."""
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        raise OSError("it is a folder" if stat.S_ISDIR(mode) else "it is not a regular file")


@contextmanager
def _faults() -> Iterator[None]:
    """Turns whatever a decoder trips over into an OSError with the reason."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except UnidentifiedImageError:
        raise OSError(f"it is none of {', '.join(FORMATS)}") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise OSError(f"it has more than {Image.MAX_IMAGE_PIXELS:,} pixels") from None
    except OSError:
        raise
    except Exception as error:  # decoders of damaged files raise nearly anything
        raise OSError(f"it is damaged ({error})") from None
