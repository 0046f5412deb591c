"""The colours of a drawing by name, so that a dark screen can have others."""

from __future__ import annotations

from collections.abc import Iterable
from colorsys import hls_to_rgb, rgb_to_hls

# What Graphviz calls by a word.
NAMED = {"white": "#ffffff", "black": "#000000"}
# On a dark screen black becomes as light, and white as dark, as the words and the paper of the page.
DARKEST, LIGHTEST = 0.12, 0.88


def inks(colors: Iterable[str]) -> str:
    """The colours as custom properties of CSS, for light and dark screens."""
    colors = tuple(colors)
    light = "".join(f" {_property(color)}: {color};" for color in colors)
    dark = "".join(f" {_property(color)}: {night(color)};" for color in colors)
    return f":root {{{light} }}\n@media (prefers-color-scheme: dark) {{\n:root {{{dark} }}\n}}\n"


def ink(color: str) -> str:
    """A colour as its custom property."""
    return f"var({_property(color)})"


def _property(color: str) -> str:
    return f"--ink-{color.removeprefix('#')}"


def night(color: str) -> str:
    """The colour that stands for another on a dark screen: as light as that one is dark, as colourful."""
    red, green, blue = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    hue, lightness, _ = rgb_to_hls(red, green, blue)
    inverted = DARKEST + (1 - lightness) * (LIGHTEST - DARKEST)
    chroma = max(red, green, blue) - min(red, green, blue)
    saturation = min(1.0, chroma / (1 - abs(2 * inverted - 1)))
    return "#" + "".join(f"{round(part * 255):02x}" for part in hls_to_rgb(hue, inverted, saturation))
