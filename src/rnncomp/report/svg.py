"""Small pictures as SVG without words in them: they shrink with the page, words must not."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from rnncomp.report.contenders import Contender
from rnncomp.report.numbers import Number, is_number, short

Interval = tuple[float, float]

DOTS_SIZE, FOREST_SIZE, FOLD_SIZE, BARS_SIZE = (160, 24), (240, 24), (600, 18), (300, 110)


def tag(name: str, content: str = "", **attributes: object) -> str:
    """Return one element; `content` is markup, attributes are escaped.

    Example:
        >>> tag("rect", x=1, class_="a&b", stroke_width=2)
        '<rect x="1" class="a&amp;b" stroke-width="2"/>'
    """
    words = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for key, value in attributes.items()
    )
    return f"<{name}{words}>{content}</{name}>" if content else f"<{name}{words}/>"


def picture(size: tuple[int, int], shapes: Sequence[str], label: str, class_: str) -> str:
    """Return a picture that a screen reader calls `label`."""
    return tag(
        "svg",
        "".join(shapes),
        viewBox=f"0 0 {size[0]} {size[1]}",
        class_=class_,
        role="img",
        aria_label=label,
    )


def swatch(contender: Contender) -> str:
    """Return the line of a contender as charts draw it; its name stands beside it."""
    line = _line(0, 6, 34, 6, f"stroke c{contender.colour}", dash=contender.dash)
    return tag("svg", line, viewBox="0 0 34 12", class_="swatch", aria_hidden="true")


def dots(values: Sequence[Number], span: Interval, contender: Contender) -> str:
    """Return one dot for each seed's error, or a bar where there are no seeds.

    Args:
        values: An error a seed, None where it diverged; one value for a baseline.
        span: Ends of the axis, the same for all rows of a table; what lies outside becomes an
            arrow at that end.
        contender: Whose they are.
    """
    there = [value for value in values if value is not None and is_number(value)]
    width, middle = DOTS_SIZE[0], DOTS_SIZE[1] / 2
    shapes = [_line(0, middle, width, middle, "axis")]
    for value in there:
        x = _at(value, span, 8, width - 8)
        if not span[0] <= value <= span[1]:
            tip, back = (width, width - 9) if value > span[1] else (0, 9)
            points = f"{tip},{middle} {back},{middle - 6} {back},{middle + 6}"
            shapes.append(tag("polygon", points=points, class_=f"fill c{contender.colour}"))
        elif contender.kind == "network":
            shapes.append(tag("circle", cx=x, cy=middle, r=5, class_=f"dot c{contender.colour}"))
        else:
            shapes.append(_line(x, 3, x, 2 * middle - 3, f"stroke c{contender.colour}"))
    what = "error by seed: " if contender.kind == "network" else "error: "
    label = what + (", ".join(map(short, there)) or "none")
    return picture(DOTS_SIZE, shapes, label, "dots")


def forest(low: Number, middle: Number, high: Number, span: Interval, label: str) -> str:
    """Return an interval with its middle, on an axis with a line at zero."""
    width, y = FOREST_SIZE[0], FOREST_SIZE[1] / 2
    zero = _at(0.0, span, 4, width - 4)
    shapes = [_line(zero, 0, zero, 2 * y, "zero")]
    if low is not None and high is not None:
        left, right = (_at(value, span, 4, width - 4) for value in (low, high))
        shapes += [_line(left, y, right, y, "stroke ink")]
        shapes += [_line(x, y - 5, x, y + 5, "stroke ink") for x in (left, right)]
    if middle is not None:
        x = _at(middle, span, 4, width - 4)
        shapes.append(tag("rect", x=x - 4, y=y - 4, width=8, height=8, class_="fill ink"))
    return picture(FOREST_SIZE, shapes, label, "forest")


def fold(parts: Sequence[tuple[str, int, int]], rows: int, label: str) -> str:
    """Return which of `rows` rows each part takes: train low, validation higher, test highest."""
    width, height = FOLD_SIZE
    shapes = [_line(0, height - 0.5, width, height - 0.5, "axis")]
    # Heights differ as well as colours, so that a grey print can be read.
    tall = {"train": 7, "validation": 12, "test": 18}
    for name, first, end in parts:
        x, far = width * first / rows, width * end / rows
        shapes.append(
            tag("rect", x=x, y=height - tall[name], width=max(far - x, 1.5), height=tall[name],
                class_=f"part {name}")
        )  # fmt: skip
    svg = picture(FOLD_SIZE, shapes, label, "fold")
    return svg.replace("<svg ", '<svg preserveAspectRatio="none" ', 1)


def bars(heights: Sequence[Number], band: Number, contender: Contender, label: str) -> str:
    """Return bars between -1 and 1, and a band of plus and minus `band` behind them."""
    width, height = BARS_SIZE
    step = width / max(len(heights), 1)
    shapes = []
    if band is not None:
        top, bottom = (_at(v, (-1.0, 1.0), height - 2, 2) for v in (band, -band))
        shapes.append(tag("rect", x=0, y=top, width=width, height=bottom - top, class_="band"))
        shapes += [_line(0, y, width, y, "edge") for y in (top, bottom)]
    zero = height / 2
    for place, value in enumerate(heights):
        if value is not None and is_number(value):
            y = _at(value, (-1.0, 1.0), height - 2, 2)
            shapes.append(
                tag("rect", x=step * (place + 0.2), y=min(y, zero), width=0.6 * step,
                    height=max(abs(zero - y), 0.5), class_=f"fill c{contender.colour}")
            )  # fmt: skip
    shapes.append(_line(0, zero, width, zero, "zero"))
    return picture(BARS_SIZE, shapes, label, "bars")


def _line(x1: float, y1: float, x2: float, y2: float, class_: str, dash: Sequence[int] = ()) -> str:
    more = {"stroke_dasharray": " ".join(map(str, dash))} if dash else {}
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_, **more)


def _at(value: float, span: Interval, start: float, end: float) -> float:
    """Return where on the picture a value lies, at the nearer end if it lies outside."""
    low, high = span
    share = 0.5 if high == low else (value - low) / (high - low)
    return start + (end - start) * min(max(share, 0.0), 1.0)


def _plain(value: object) -> str:
    return f"{value:.5g}" if isinstance(value, float) else str(value)
