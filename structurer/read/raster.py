"""Pictures of pages: brought to an even light, set upright, with the lines drawn on them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import Any, NamedTuple

from structurer.errors import BrokenFile, TooLarge
from structurer.read.layout.grids import NARROWEST, connected, joined
from structurer.read.layout.page import Ruling

A4 = 595.0
"""Points across a page, where a picture does not say how large it is."""
_MOST_PIXELS = 40_000_000
"""A page of A4 at 600 dots an inch has 35 million."""
_MOST_FRAMES = 200
_INK = 0.8
"""Share of the light around it below which a point is part of a drawn line."""
_STROKE = 0.68
"""As above, for the strokes of characters."""
_LONGEST_GAP = 2
_ACROSS, _DOWN = 24.0, 13.0
"""Points from which a straight run of ink is a drawn line: strokes of characters are shorter."""
_THICKEST = 4.0
_TOUCH = 4.0
"""Points within which two borders meet."""
_MOST_RUNS = 20_000
_STEEPEST = 6.0


class Picture(NamedTuple):
    """One page as a grey picture: light from 0 to 1, even; `scale` is pixels a point."""

    light: Any
    scale: float
    skew: float
    """Degrees by which it was turned to stand upright."""


def frames(data: bytes, path: str) -> Iterator[tuple[Any, float]]:
    """The pages of an image file as grey pictures (0 to 255), with their pixels a point.

    Raises BrokenFile and TooLarge.
    """
    from PIL import Image, ImageSequence

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(BytesIO(data))
            for number, frame in enumerate(ImageSequence.Iterator(image)):
                if number >= _MOST_FRAMES or frame.width * frame.height > _MOST_PIXELS:
                    raise TooLarge(path, f"a picture of {frame.width} × {frame.height}; scan it at 300 dpi")
                yield _grey(frame), _scale(frame)
    except TooLarge:
        raise
    except Image.DecompressionBombError:
        raise TooLarge(path, "a picture of far more points than a page has; scan it at 300 dpi") from None
    except Exception:  # Pillow's readers raise whatever a damaged picture leads them to
        raise BrokenFile(path, "a damaged picture; scan or save the page again") from None


def _grey(frame: Any) -> Any:
    import numpy
    from PIL import Image

    flat = frame.convert("RGBA")
    ground = Image.new("RGBA", flat.size, "white")
    return numpy.asarray(Image.alpha_composite(ground, flat).convert("L"))


def _scale(frame: Any) -> float:
    given = frame.info.get("dpi")
    dpi = float(given[0]) if isinstance(given, tuple) and given else 0.0
    if 90 <= dpi <= 1200 and 0.25 * A4 <= frame.width * 72 / dpi <= 3 * A4:
        return dpi / 72
    return max(float(frame.width) / A4, 0.2)


def upright(grey: Any, scale: float) -> Picture:
    """A picture in even light, turned so that its lines are level."""
    import numpy
    from PIL import Image

    light = _even(grey)
    skew = _skew(light)
    if abs(skew) >= 0.05:
        turned = Image.fromarray((light * 255).astype(numpy.uint8)).rotate(
            skew, resample=Image.Resampling.BICUBIC, fillcolor=255
        )
        light = numpy.asarray(turned).astype(numpy.float32) / 255
    return Picture(light, scale, skew)


def _even(grey: Any) -> Any:
    """Each point's light as a share of the lightest around it: paper is 1, whatever its shade."""
    import numpy
    from PIL import Image, ImageFilter

    image = Image.fromarray(grey)
    small = image.resize((max(image.width // 8, 1), max(image.height // 8, 1)), Image.Resampling.BOX)
    ground = small.filter(ImageFilter.MaxFilter(7)).filter(ImageFilter.GaussianBlur(4))
    around = numpy.asarray(ground.resize(image.size, Image.Resampling.BILINEAR)).astype(numpy.float32)
    return numpy.clip(grey.astype(numpy.float32) / numpy.maximum(around, 32), 0, 1)


def _skew(light: Any) -> float:
    """The angle at which rows of ink are sharpest apart from rows of paper."""
    import numpy
    from PIL import Image

    image = Image.fromarray(((light < _INK) * 255).astype(numpy.uint8))
    width = min(image.width, 700)
    image = image.resize((width, max(round(image.height * width / image.width), 1)), Image.Resampling.BOX)

    def sharpness(angle: float) -> float:
        turned = numpy.asarray(image.rotate(angle, resample=Image.Resampling.BILINEAR))
        rows = turned.sum(axis=1, dtype=numpy.float64)
        return float(((rows[1:] - rows[:-1]) ** 2).sum())

    best = 0.0
    for step, reach in ((0.5, _STEEPEST), (0.1, 0.5), (0.02, 0.1)):
        tried = [best + step * turn for turn in range(-round(reach / step), round(reach / step) + 1)]
        best = max(tried, key=lambda angle: (sharpness(angle), -abs(angle)))
    return best


class Drawn(NamedTuple):
    """The borders drawn on a picture in points, and the runs of ink they consist of in pixels."""

    across: list[Ruling]
    down: list[Ruling]
    runs_across: list[Ruling]
    runs_down: list[Ruling]


def drawn(picture: Picture) -> Drawn:
    """The straight borders on a picture."""
    ink = picture.light < _INK
    scale = picture.scale
    runs_across, runs_down = _runs(ink, _ACROSS * scale), _runs(ink.T, _DOWN * scale)
    across, down = _framed(_points(runs_across, scale), _points(runs_down, scale))
    return Drawn(across, down, _of(across, runs_across, scale), _of(down, runs_down, scale))


def _points(runs: list[Ruling], scale: float) -> list[Ruling]:
    """Runs one above the other as one line; what is thicker than a line is a filled area."""
    lines: list[list[Ruling]] = []
    growing: list[list[Ruling]] = []
    for run in runs:
        growing = [line for line in growing if run.at - line[-1].at <= 2]
        for line in growing:
            if run.start < line[-1].end and line[-1].start < run.end:
                line.append(run)
                break
        else:
            growing.append([run])
            lines.append(growing[-1])
    return joined(_line(line, scale) for line in lines if line[-1].at - line[0].at < _THICKEST * scale + 1)


def _line(runs: list[Ruling], scale: float) -> Ruling:
    at = sum(run.at + 0.5 for run in runs) / len(runs)
    return Ruling(at / scale, min(run.start for run in runs) / scale, max(run.end for run in runs) / scale)


def _of(lines: list[Ruling], runs: list[Ruling], scale: float) -> list[Ruling]:
    """The runs that belong to some lines."""

    def belongs(run: Ruling) -> bool:
        at, start, end = run.at / scale, run.start / scale, run.end / scale
        return any(abs(at - line.at) <= _TOUCH and start < line.end and line.start < end for line in lines)

    return [run for run in runs if belongs(run)]


def _framed(across: list[Ruling], down: list[Ruling]) -> tuple[list[Ruling], list[Ruling]]:
    """Without strokes of large or bold characters: a border meets other borders."""
    down = [one for one in down if any(_meet(line, one, _TOUCH) for line in across)]
    framed = [line for line in across if _ends_on(line, down)]
    down = [one for one in down if any(_meet(line, one, _TOUCH) for line in framed)]
    tables = [group for group in connected(framed, down) if _wide(group[0]) >= NARROWEST]
    return [line for rows, _ in tables for line in rows], [line for _, columns in tables for line in columns]


def _wide(rows: list[Ruling]) -> float:
    return max((line.end for line in rows), default=0.0) - min((line.start for line in rows), default=0.0)


def _meet(across: Ruling, down: Ruling, slack: float) -> bool:
    return (
        across.start - slack <= down.at <= across.end + slack
        and down.start - slack <= across.at <= down.end + slack
    )


def _ends_on(across: Ruling, down: list[Ruling]) -> bool:
    """Whether a line begins and ends where lines down the page stand."""
    ends = [one.at for one in down if one.start - _TOUCH <= across.at <= one.end + _TOUCH]
    return all(any(abs(at - end) <= _TOUCH for at in ends) for end in (across.start, across.end))


def _runs(ink: Any, least: float) -> list[Ruling]:
    """Long runs of ink, row by row, small gaps closed."""
    import numpy

    closed = ink.copy()
    for gap in range(1, _LONGEST_GAP + 1):
        closed[:, gap:-gap] |= ink[:, : -2 * gap] & ink[:, 2 * gap :]
    edges = numpy.diff(numpy.pad(closed, ((0, 0), (1, 1))).astype(numpy.int8), axis=1)
    rows, starts = numpy.nonzero(edges == 1)
    _, ends = numpy.nonzero(edges == -1)
    long = numpy.flatnonzero(ends - starts >= least)[:_MOST_RUNS]
    return [Ruling(float(rows[at]), float(starts[at]), float(ends[at])) for at in long]


def without_lines(picture: Picture, lines: Drawn) -> Any:
    """The light of a picture with its borders wiped off it."""
    light = picture.light.copy()
    for runs, view in ((lines.runs_across, light), (lines.runs_down, light.T)):
        for run in runs:
            at = int(run.at)
            view[max(at - 1, 0) : at + 2, max(int(run.start) - 1, 0) : int(run.end) + 1] = 1
    return light


def strokes(light: Any) -> Any:
    """Which points are ink of characters: dark, and not alone."""
    import numpy

    dark = numpy.pad(light < _STROKE, 1)
    beside = sum(
        dark[1 + y : dark.shape[0] - 1 + y, 1 + x : dark.shape[1] - 1 + x].astype(numpy.int8)
        for y in (-1, 0, 1)
        for x in (-1, 0, 1)
    )
    return dark[1:-1, 1:-1] & (beside >= 3)
