"""Pictures of pages: rendered, turned and made noisy as scanners do."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

Box = tuple[float, float, float, float]


def page(
    path: Path, number: int, dpi: int, *, skew: float = 0.0, noise: float = 0.0, crop: Box | None = None
) -> Any:
    """Page `number` (from 1) of a PDF as a grey picture; `crop` is a box of shares of the page."""
    import numpy
    import pypdfium2
    from PIL import Image

    shown = pypdfium2.PdfDocument(str(path))[number - 1].render(scale=dpi / 72).to_pil().convert("L")
    if crop:
        shown = shown.crop(
            tuple(
                round(share * side) for share, side in zip(crop, (shown.width, shown.height) * 2, strict=True)
            )
        )
    if skew:
        shown = shown.rotate(skew, resample=Image.Resampling.BICUBIC, fillcolor=255)
    if noise:
        grain = numpy.random.default_rng(1).normal(0, noise, (shown.height, shown.width))
        shown = Image.fromarray(numpy.clip(numpy.asarray(shown) * 0.93 + grain, 0, 255).astype("uint8"))
    return shown


def drawn(rows: Sequence[Sequence[str]], widths: Sequence[int], *, high: int = 60, size: int = 34) -> Any:
    """A table of Latin letters and digits on white paper; a cell is filled "" or with words."""
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(size)
    picture = Image.new("L", (sum(widths) + 80, high * len(rows) + 80), 255)
    pen = ImageDraw.Draw(picture)
    xs = [40 + sum(widths[:at]) for at in range(len(widths) + 1)]
    for at in range(len(rows) + 1):
        pen.line((xs[0], 40 + at * high, xs[-1], 40 + at * high), fill=0, width=2)
    for x in xs:
        pen.line((x, 40, x, 40 + len(rows) * high), fill=0, width=2)
    for r, row in enumerate(rows):
        for c, words in enumerate(row):
            pen.text((xs[c] + 12, 40 + r * high + 8), words, fill=0, font=font)
    return picture


def saved(pictures: Sequence[Any], form: str = "PNG", **how: Any) -> bytes:
    """Pictures as a file; several need a form with pages (TIFF, PDF)."""
    made = BytesIO()
    pictures[0].save(
        made, form, **({"save_all": True, "append_images": pictures[1:]} if pictures[1:] else {}), **how
    )
    return made.getvalue()
