"""What msdl does, in one run: `make demo`.

Checks a network of the library, says what its exits cost, draws it, compiles it into build/ and runs the module on an
image. The image is synthetic (a sun over the sea, computed here), and the network's weights are random: the point is
that every answer comes as soon as its exit is computed, and that nothing behind it is.
"""

from __future__ import annotations

import importlib.util
import shlex
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import torch

NETWORK = "msdnet_cifar_anytime"
BUILD = Path("build")
SIZE = 32
# What is drawn: the file in build/, what is to be seen, what it is for.
DRAWINGS = (
    (f"{NETWORK}.svg", (), "the network"),
    (f"{NETWORK}_exit3.svg", ("--exit", "3", "--order"), "what exit 3 needs, and in which order it is computed"),
    (f"{NETWORK}.html", (), "a page to explore it: open it in a browser"),
    (f"{NETWORK}_cost.pdf", ("--cost",), "where the work is"),
    (f"{NETWORK}.tex", (), "TikZ, for a paper"),
)


def main() -> None:
    BUILD.mkdir(exist_ok=True)
    source, image = BUILD / f"{NETWORK}.py", BUILD / "sunset.ppm"
    msdl("check", NETWORK)
    msdl("cost", NETWORK)
    draw()
    msdl("compile", NETWORK, "-o", str(source))
    write_sunset(image)
    run(load(source), read_ppm(image))


def msdl(*arguments: str, end: str = "\n") -> None:
    """Runs the command line and shows what it was."""
    print(f"$ msdl {shlex.join(arguments)}", flush=True)
    code = subprocess.run([sys.executable, "-m", "msdl", *arguments], check=False).returncode
    if code:
        sys.exit(code)
    print(end=end, flush=True)


def draw() -> None:
    """Writes the drawings and says where they are."""
    for file, options, _ in DRAWINGS:
        msdl("draw", NETWORK, *options, "-o", str(BUILD / file), end="")
    print("\nDrawings:")
    for file, _, shown in DRAWINGS:
        print(f"  {BUILD / file!s:40} {shown}")
    print(flush=True)


def load(path: Path) -> ModuleType:
    """The generated module, imported from its file: it needs torch alone."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write_sunset(path: Path) -> None:
    """A sun over the sea, as a binary PPM."""
    pixels = bytearray()
    for row in range(SIZE):
        for column in range(SIZE):
            sun = (row - 12) ** 2 + (column - 16) ** 2 < 20
            sky = (250 - 4 * row, 120 + 3 * row, 90)
            sea = (20 + row, 60 + (row + column) % 5 * 8, 140)
            pixels += bytes((255, 230, 120) if sun else sky if row < 20 else sea)
    path.write_bytes(b"P6 %d %d 255\n" % (SIZE, SIZE) + pixels)


def read_ppm(path: Path) -> torch.Tensor:
    """A batch of one image, 1 x 3 x H x W, with values from 0 to 1."""
    header, pixels = path.read_bytes().split(b"\n", 1)
    _, width, height, _ = header.split()
    image = torch.frombuffer(bytearray(pixels), dtype=torch.uint8)
    return image.reshape(1, int(height), int(width), 3).permute(0, 3, 1, 2) / 255


def run(module: ModuleType, image: torch.Tensor) -> None:
    """Takes one exit after another and says when it came."""
    torch.manual_seed(0)
    model = module.Network().eval()
    print(f"An image of {'x'.join(map(str, image.shape[1:]))}, through {len(model.EXITS)} exits with random weights:")
    with torch.inference_mode():
        model(image)  # the first run of a process also sets torch up
        start = time.perf_counter()
        for name, logits in zip(model.EXITS, model.exits(image), strict=True):
            print(f"  {name:8} logits {tuple(logits.shape)}  after {1000 * (time.perf_counter() - start):5.1f} ms")


main()
