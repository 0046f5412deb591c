"""Early exit with onnxruntime and numpy alone: no msdl, no torch.

    python onnx_only.py EXPORT seven.pgm digits.npy
    python onnx_only.py EXPORT digits.npy --batch-size 64

EXPORT is a folder that `msdl export` wrote. Images are .pgm and .ppm files, or .npy files of N x H x W x C with 8 bits
a value, all of the size that the network reads. For each image a line of JSON says what it is, and which exit was sure
enough to say so; what lies behind that exit is computed only for the images that go on.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

FORMAT_VERSION = 1
PNM = re.compile(rb"P([56])\s+(?:#.*\s+)*(\d+)\s+(?:#.*\s+)*(\d+)\s+(?:#.*\s+)*255\s")
CHANNELS = {b"5": 1, b"6": 3}


@dataclass(frozen=True)
class Section:
    """The work between two exits: the image or the state goes in, logits and the new state come out."""

    exit: str
    session: Any
    inputs: list[str]
    outputs: list[str]
    temperature: float  # divides the logits before the confidence is taken
    threshold: float  # an image whose confidence reaches it stops here


def main() -> None:
    parser = argparse.ArgumentParser(description="Classifies images with an export of msdl.")
    parser.add_argument("export", type=Path)
    parser.add_argument("images", type=Path, nargs="+")
    parser.add_argument("--batch-size", type=int, default=1, help="images that go through together (1)")
    parser.add_argument("--threads", type=int, default=0, help="that all sections share (one for each core)")
    arguments = parser.parse_args()
    try:
        manifest = read(arguments.export)
        sections = [*load(arguments.export, manifest, arguments.threads)]
        for path in arguments.images:
            images = prepared(path, pixels(path), manifest["preprocessing"])
            for start in range(0, len(images), arguments.batch_size):
                answers = classify(manifest, sections, images[start : start + arguments.batch_size])
                for number, answer in enumerate(answers, start):
                    name = f"{path}[{number}]" if path.suffix == ".npy" else str(path)
                    print(json.dumps({"image": name, **answer}))
    except (OSError, ValueError) as error:
        parser.exit(1, f"{error}\n")


def read(folder: Path) -> dict[str, Any]:
    """What manifest.json says. Raises OSError and ValueError."""
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    if manifest["format_version"] != FORMAT_VERSION or manifest["target"] != "onnx":
        raise ValueError(f"'{folder}' is no ONNX export of format version {FORMAT_VERSION}.")
    if manifest["preprocessing"] is None:
        raise ValueError(f"'{folder}' holds a network that was never trained.")
    if manifest["policy"] is None:  # then all images go to the last exit
        exits = len(manifest["exits"])
        manifest["policy"] = {"confidence": "max-softmax", "temperatures": [], "thresholds": [None] * (exits - 1)}
    return manifest


def load(folder: Path, manifest: dict[str, Any], threads: int) -> Iterator[Section]:
    """The sections up to the last exit of the policy. Raises OSError and ValueError.

    They share one pool of threads: pools of their own would wait for each other, spinning, and take several times as
    long.
    """
    onnxruntime.set_global_thread_pool_sizes(threads, 1)
    options = onnxruntime.SessionOptions()
    options.use_per_session_threads = False
    policy = manifest["policy"]
    thresholds = [np.inf if threshold is None else threshold for threshold in policy["thresholds"]] + [-np.inf]
    temperatures = policy["temperatures"] or [1.0] * len(thresholds)
    for part, temperature, threshold in zip(manifest["sections"], temperatures, thresholds, strict=False):
        content = (folder / part["file"]).read_bytes()
        if sha256(content).hexdigest() != part["sha256"]:
            raise ValueError(f"'{folder / part['file']}' is not the file that manifest.json describes.")
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        inputs, outputs = ([value["name"] for value in part[side]] for side in ("inputs", "outputs"))
        yield Section(part["exit"], session, inputs, outputs, temperature, threshold)


def classify(manifest: dict[str, Any], sections: list[Section], images: np.ndarray) -> list[dict[str, Any]]:
    """An answer for each of images (N, C, H, W). Those that an exit is sure of leave; the others keep their state."""
    confidence = CONFIDENCES[manifest["policy"]["confidence"]]
    answers: list[dict[str, Any]] = [{}] * len(images)
    numbers, state = np.arange(len(images)), [images]
    for section in sections:
        logits, *state = section.session.run(section.outputs, dict(zip(section.inputs, state, strict=True)))
        sure = confidence(softmax(logits.astype(np.float64) / section.temperature))
        stops = (sure >= section.threshold) | (section is sections[-1])
        for number, index, how_sure in zip(numbers[stops], logits[stops].argmax(1), sure[stops], strict=True):
            name = manifest["classes"][index]
            answers[number] = {"class": name, "confidence": round(float(how_sure), 5), "exit": section.exit}
        if stops.all():
            break
        if stops.any():
            numbers, state = numbers[~stops], [tensor[~stops] for tensor in state]
    return answers


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(powers / powers.sum(1, keepdims=True))


def margin(probabilities: np.ndarray) -> np.ndarray:
    ordered = np.sort(probabilities, 1)
    return np.asarray(ordered[:, -1] - ordered[:, -2:-1].sum(1))


def entropy(probabilities: np.ndarray) -> np.ndarray:
    terms = probabilities * np.log(np.where(probabilities > 0, probabilities, 1))
    return np.asarray(np.clip(1 + terms.sum(1) / np.log(max(2, probabilities.shape[1])), 0, 1))


CONFIDENCES = {"max-softmax": lambda probabilities: probabilities.max(1), "margin": margin, "entropy": entropy}


def pixels(path: Path) -> np.ndarray:
    """The images of a file, (N, H, W, C) of 8 bits. Raises OSError and ValueError."""
    if path.suffix == ".npy":
        try:
            return np.asarray(np.load(path, allow_pickle=False))
        except (ValueError, EOFError):
            raise ValueError(f"'{path}' holds no array of numbers.") from None
    content = path.read_bytes()
    header = PNM.match(content)
    if header is None:
        raise ValueError(f"'{path}' is neither .npy nor a binary .pgm or .ppm of 8 bits.")
    kind, width, height = header.groups()
    shape = (1, int(height), int(width), CHANNELS[kind])
    if len(content) - header.end() != np.prod(shape):
        raise ValueError(f"'{path}' is cut short, or holds more than one image.")
    return np.frombuffer(content, np.uint8, offset=header.end()).reshape(shape)


def prepared(path: Path, images: np.ndarray, preprocessing: dict[str, Any]) -> np.ndarray:
    """What the network reads, (N, C, H, W) of float32. Raises ValueError."""
    shape = tuple(preprocessing[side] for side in ("height", "width", "channels"))
    if images.dtype != np.uint8 or images.shape[1:] != shape:
        found, wanted = (" x ".join(map(str, each)) for each in (images.shape[1:], shape))
        raise ValueError(f"'{path}' has images of {found}, {images.dtype}; the network reads {wanted}, uint8.")
    mean, std = (np.float32(preprocessing[name]) for name in ("mean", "std"))
    return np.ascontiguousarray(((images / np.float32(255) - mean) / std).transpose(0, 3, 1, 2))


if __name__ == "__main__":
    main()
