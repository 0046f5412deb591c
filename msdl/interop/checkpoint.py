"""Reading checkpoints, which may come from anywhere: tensors are taken out, code is never run."""

from __future__ import annotations

import mmap
import re
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msdl.diagnostics import Mistake, mistake

if TYPE_CHECKING:
    from torch import Tensor

# How torch.load names what it won't import: "Unsupported global: GLOBAL argparse.Namespace was not ..".
IMPORTED = re.compile(r"GLOBAL ([\w.]+)")

# What other files start with; `.pth.tar` is a habit of naming checkpoints, not an archive.
ARCHIVES = {
    0: {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\0": "xz", b"7z\xbc\xaf": "7z"},
    257: {b"ustar": "tar"},
}
ZIP = b"PK\x03\x04"
# torch.load lets a pickle ask for it, of any length: a few bytes that fill the memory. No weights do.
GROWS = b"bytearray"
HEADER = 512


def read_checkpoint(name: str, places: Sequence[str]) -> dict[str, Tensor]:
    """The tensors of a checkpoint by its own keys: a state_dict alone, or under the first of `places` that it has.

    The file is PyTorch's, of any version, or a safetensors file, in which a place stands before every key. Raises
    Mistake.
    """
    header, size = _header(name)
    _check_header(name, header)
    if name.endswith(".safetensors") or _is_safetensors(header, size):
        return _state_dict(name, _nested(_safetensors(name), places), places)
    if header.startswith(ZIP):
        _check_zip(name, size)
    else:
        _check_bytes(name, size)
    return _state_dict(name, _pickled(name, places), places)


def _header(name: str) -> tuple[bytes, int]:
    """What a file starts with, and how long it is."""
    try:
        path = Path(name)
        if path.exists() and not path.is_file():
            raise _unreadable(f"'{name}' isn't a file.")
        with path.open("rb") as file:
            return file.read(HEADER), path.stat().st_size
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise _unreadable(f"'{name}' can't be read: {reason}.") from None


def _check_header(name: str, header: bytes) -> None:
    if not header:
        raise _unreadable(f"'{name}' is empty.")
    for offset, kinds in ARCHIVES.items():
        for magic, kind in kinds.items():
            if header.startswith(magic, offset):
                raise _unreadable(f"'{name}' is an archive ({kind}).", "unpack it, and name the checkpoint in it")


def _is_safetensors(header: bytes, size: int) -> bool:
    """Eight bytes that say how long the JSON is which follows."""
    return header[8:9] == b"{" and int.from_bytes(header[:8], "little") < size


def _check_zip(name: str, size: int) -> None:
    """PyTorch stores tensors as they are: what unpacks to more than the file was made to fill the memory."""
    try:
        with zipfile.ZipFile(name) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            pickles = [entry for entry in archive.infolist() if entry.filename.endswith(".pkl")]
            grows = unpacked <= size and any(GROWS in archive.read(entry) for entry in pickles)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise _no_checkpoint(name) from None
    if unpacked > size:
        message = f"'{name}' would unpack to {unpacked:,} bytes, more than its own {size:,}."
        raise _unreadable(message, "PyTorch's checkpoints are not compressed: save it again")
    if grows:
        raise _no_checkpoint(name)


def _check_bytes(name: str, size: int) -> None:
    """The formats before PyTorch 1.6: pickles one after the other."""
    with Path(name).open("rb") as file, mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) as data:
        if data.find(GROWS) >= 0:
            raise _no_checkpoint(name)


def _safetensors(name: str) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(name)
    except (SafetensorError, OSError, ValueError) as error:
        raise _unreadable(f"'{name}' isn't a safetensors file that can be read: {error}.") from None


def _nested(tensors: Mapping[str, Tensor], places: Sequence[str]) -> dict[str, Any]:
    """safetensors knows no nesting: what lay under `state_dict` has it before its key."""
    for place in places:
        prefix = f"{place}."
        if inner := {key.removeprefix(prefix): tensor for key, tensor in tensors.items() if key.startswith(prefix)}:
            return {place: inner}
    return {**tensors}


def _pickled(name: str, places: Sequence[str]) -> object:
    """What torch.load makes of a file without importing anything but tensors."""
    import pickle

    import torch

    try:
        with warnings.catch_warnings(action="ignore"):  # of formats, which the diagnostic speaks of better
            return torch.load(name, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        if found := IMPORTED.search(str(error)):
            raise _holds_code(name, found[1].rstrip("."), places[0]) from None
        raise _no_checkpoint(name) from None
    except Exception:  # bytes that are no pickle make torch.load raise nearly anything
        raise _no_checkpoint(name) from None


def _state_dict(name: str, found: object, places: Sequence[str]) -> dict[str, Tensor]:
    from torch import Tensor

    if isinstance(found, dict):
        found = next((found[place] for place in places if isinstance(found.get(place), dict)), found)
    if not isinstance(found, dict) or not any(isinstance(value, Tensor) for value in found.values()):
        quoted = " or ".join(f"'{place}'" for place in places)
        raise _unreadable(f"'{name}' holds no tensors by name, alone or under {quoted}.")
    for key, value in found.items():
        if not isinstance(key, str):
            raise _unreadable(f"'{name}' has the key {key!r:.80}, which isn't a text: this is no state_dict.")
        if not _is_plain(value):
            raise _unreadable(f"'{key}' in '{name}' isn't a dense tensor of numbers, but {_described(value)}.")
    return {key: value.detach() for key, value in found.items()}


def _is_plain(value: object) -> bool:
    """Whether a value is a dense tensor with data, of a type that weights have."""
    import torch

    types = {torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.int64}
    return (
        isinstance(value, torch.Tensor)
        and value.dtype in types
        and value.layout is torch.strided
        and value.device.type == "cpu"
        and not value.is_nested
    )


def _described(value: object) -> str:
    """`of type int`, `a tensor (torch.float32, torch.sparse_coo, on cpu)`."""
    from torch import Tensor

    if isinstance(value, Tensor):
        return f"a tensor ({value.dtype}, {value.layout}, on {value.device})"
    return f"of type {type(value).__name__}"


def _unreadable(message: str, help: str = "") -> Mistake:
    return mistake("MSD710", message, None, help=help)


def _no_checkpoint(name: str) -> Mistake:
    return _unreadable(f"'{name}' isn't a PyTorch checkpoint, or it is truncated or damaged.")


def _holds_code(name: str, imported: str, place: str) -> Mistake:
    """Numbers of NumPy or an argparse.Namespace beside the weights are harmless, but can't be told from what isn't."""
    return _unreadable(
        f"'{name}' was not read: it asks for '{imported}', and what a checkpoint asks for may run any code.",
        "if you trust where it comes from, write its weights alone and import those:\n"
        f"checkpoint = torch.load({name!r}, map_location='cpu', weights_only=False)\n"
        f"torch.save(checkpoint['{place}'], 'weights.pth')",
    )
