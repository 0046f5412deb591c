"""The images that a command was given: files, folders, or what the standard input brings, read one by one."""

from __future__ import annotations

import io
import itertools
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from PIL import Image
from torch import Tensor

from msdl.runtime.pictures import decoded, pictures_below, reason
from msdl.runtime.preprocessing import Preprocessing, converted

STDIN = "-"
LONGEST_PATH = 65_536  # bytes; Linux takes 4096
LARGEST_IMAGE = 1 << 28  # bytes that the standard input may bring as one image

# How the two kinds of picture begin whose first line could be a path: PNG, and PNM's "P6 640 480".
SIGNATURES = re.compile(rb"\x89PNG$|P[1-7](\s+\d+)*$")
CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f]")

Found = tuple[str, Path | BinaryIO | OSError]


def read_images(
    arguments: Iterable[str], stdin: BinaryIO | None, preprocessing: Preprocessing
) -> Iterator[tuple[str, Tensor | str]]:
    """Every image with its name: normalised (C, H, W), or the sentence that says why it can't be read.

    A folder stands for the pictures in it, however deep, by name; `-` for the standard input, which holds either an
    image or a path a line. Nothing is read before it is asked for.
    """
    for name, picture in read_pictures(arguments, stdin, preprocessing.shape[0]):
        yield name, picture if isinstance(picture, str) else preprocessing(picture)[0]


def read_pictures(
    arguments: Iterable[str], stdin: BinaryIO | None, channels: int
) -> Iterator[tuple[str, Image.Image | str]]:
    """The same as pictures, upright and of so many channels, as large as they come."""
    for name, image in _found(arguments, stdin):
        try:
            if isinstance(image, OSError):
                raise image
            yield name, converted(decoded(image), channels)
        except OSError as error:
            yield name, f"'{name}' can't be read as an image: {reason(error)}."


def _found(arguments: Iterable[str], stdin: BinaryIO | None) -> Iterator[Found]:
    for argument in arguments:
        if argument == STDIN:
            yield from _brought(stdin) if stdin else ((STDIN, OSError("there is no standard input")),)
        else:
            yield from _at(argument)


def _at(argument: str) -> Iterator[Found]:
    """A path's images: a file's one, or a folder's."""
    path = Path(argument)
    if not os.path.isdir(argument):  # noqa: PTH112  (Path.is_dir raises where a name is too long)
        yield argument, path
        return
    empty = True
    for file, error in pictures_below(path):
        empty = False
        yield str(file), error or file
    if empty:
        yield argument, OSError("the folder holds no files that are named as pictures (.jpg, .png, ..)")


def _brought(stdin: BinaryIO) -> Iterator[Found]:
    """The standard input's images: its own bytes, or those at the paths that its lines name."""
    first = stdin.readline(LONGEST_PATH)
    if _begins_image(first):
        data = first + stdin.read(LARGEST_IMAGE)
        too_large = OSError(f"it is longer than {LARGEST_IMAGE:,} bytes")
        yield STDIN, io.BytesIO(data) if len(data) <= LARGEST_IMAGE else too_large
        return
    for line in itertools.chain([first], iter(lambda: stdin.readline(LONGEST_PATH), b"")):
        if path := os.fsdecode(line.rstrip(b"\r\n")):
            yield from _at(path)


def _begins_image(line: bytes) -> bool:
    """Whether a line is an image's: no file has that name, and it has control characters or begins as PNG or PNM do."""
    line = line.rstrip(b"\r\n")
    if b"\0" not in line and os.path.lexists(line):
        return False
    return bool(CONTROL.search(line) or SIGNATURES.match(line))
