"""Matplotlib figures as inline SVG that follows the page: no styles, no raster, no identifiers shared with others.

A strict content security policy forbids ``style`` attributes, so they become presentation attributes, which style
sheets override: that is how a dark page recolours a plot.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Sequence
from typing import Any
from xml.etree import ElementTree

_SVG, _LINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_KEPT = frozenset(
    [
        "fill",
        "fill-opacity",
        "fill-rule",
        "opacity",
        "stroke",
        "stroke-dasharray",
        "stroke-dashoffset",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-miterlimit",
        "stroke-opacity",
        "stroke-width",
        "font-size",
        "font-weight",
        "text-anchor",
    ]
)
_FONT = re.compile(r"(?:(bold|\d+)\s+)?([\d.]+)px")
_COORDINATES = frozenset(("d", "x", "y", "x1", "x2", "y1", "y2", "points", "transform", "width", "height"))
_PLACES = re.compile(r"-?\d+\.\d{3,}")


def draw(key: str, plot: Callable[[Any], None], width: float = 7.2, height: float = 3.6) -> str:
    """SVG text of a figure.

    Parameters
    ----------
    key : str
        Prefix of every identifier.
    plot : callable
        Draws on the figure it is given.
    width, height : float
        In inches; only their ratio counts on the page.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    from greeks.plots.style import styled

    with styled(), rc_context({"svg.fonttype": "none", "svg.hashsalt": key}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasSVG(figure)
        plot(figure)
        figure.patch.set_alpha(0.0)
        for ax in figure.axes:
            ax.patch.set_alpha(0.0)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    return inline(text.getvalue(), key)


def draw_panels(key: str, panels: Sequence[Any], plot: Callable[[Any, Any], None], height: float = 2.8) -> str:
    """SVG text of small plots in two columns; ``plot(ax, panel)`` draws one, ``height`` is that of a line of two."""
    lines = -(-len(panels) // 2)

    def fill(figure: Any) -> None:
        grid = list(figure.subplots(lines, 2, squeeze=False).flat)
        for ax, panel in zip(grid, panels, strict=False):
            plot(ax, panel)
        for ax in grid[len(panels) :]:
            ax.remove()

    return draw(key, fill, 8.0, height * lines)


def inline(text: str, key: str) -> str:
    """An SVG document as an element for a page: see the head of this file."""
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _LINK)
    root = ElementTree.fromstring(text)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"):
                parent.remove(child)
    for element in root.iter():
        _plain(element, key)
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.set("role", "img")
    root.set("aria-labelledby", f"caption-{key}")
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)


def _plain(element: ElementTree.Element, key: str) -> None:
    """Turn styles into attributes, and give identifiers and references a prefix."""
    for declaration in element.attrib.pop("style", "").split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name in _KEPT:
            element.set(name, value.removesuffix("px"))
        elif name == "font":
            found = _FONT.search(value)
            if found:
                element.set("font-size", found.group(2))
                if found.group(1):
                    element.set("font-weight", found.group(1))
    for name, value in list(element.attrib.items()):
        if name in _COORDINATES:
            element.set(name, _PLACES.sub(lambda found: f"{float(found.group()):.2f}", value))
        elif name == "id":
            element.set(name, f"{key}-{value}")
        elif "url(#" in value:
            element.set(name, value.replace("url(#", f"url(#{key}-"))
        elif name.endswith("href") and value.startswith("#"):
            element.set(name, f"#{key}-{value[1:]}")
