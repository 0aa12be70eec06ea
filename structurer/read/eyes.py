"""The door to rapidocr: words read off pictures by the models that come in its package."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from threading import Lock
from typing import Any, NamedTuple

_NARROW = [3, 48, 48]
"""Least width of a picture handed to the model: a cell with one digit is not filled up to a line."""
_BATCH = 24
_HAN = re.compile("[\u4e00-\u9fff]")


class Seen(NamedTuple):
    """Words as read: their box in pixels, and from 0 to 1 how sure the eyes are of the least sure one."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    confidence: float


_LOCK = Lock()


def available() -> bool:
    """Whether the extra `ocr` is installed."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,  # it would turn a 6 upside down
            "Global.text_score": 0.0,
            "Rec.rec_img_shape": _NARROW,
            "Rec.rec_batch_num": _BATCH,
        }
    )


def find_words(picture: Any) -> list[Seen]:
    """Where words stand on a picture (height × width × 3, 0 to 255), and what they say."""
    with _LOCK:
        found = _engine()(picture, use_det=True, use_cls=False, use_rec=True, return_word_box=True)
    if getattr(found, "boxes", None) is None or not found.txts:
        return []
    seen: list[Seen] = []
    for text, box, words in zip(found.txts, found.boxes, found.word_results, strict=True):
        if _HAN.search(text):  # its words are cut where characters stand wide, too
            seen.append(_seen(text, box, min((float(sure) for _, sure, _ in words), default=0.0)))
        else:
            seen.extend(_seen(word, word_box, float(sure)) for word, sure, word_box in words)
    return seen


def _seen(text: str, box: Any, sure: float) -> Seen:
    xs, ys = [float(x) for x, _ in box], [float(y) for _, y in box]
    return Seen(str(text), min(xs), min(ys), max(xs), max(ys), sure)


def read_lines(pictures: Sequence[Any]) -> list[tuple[str, float]]:
    """What pictures of one line each say, and how sure the eyes are of the least sure character."""
    if not pictures:
        return []
    with _LOCK:
        engine = _engine()
        engine.return_word_box = True
        found = engine.recognize_txt(list(pictures))
    surest = [
        min((float(one) for one in getattr(words, "confs", ())), default=float(score))
        for words, score in zip(found.word_results, found.scores, strict=True)
    ]
    return [(str(text), sure) for text, sure in zip(found.txts, surest, strict=True)]
