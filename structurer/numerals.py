"""One Chinese or Arabic numeral, read wholly and exactly."""

import re
from decimal import Decimal
from typing import Literal

_FOLDS = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_FOLDS |= dict.fromkeys("\t\xa0\u2002\u2003\u2009\u3000\u200b\u200c\u200d\u2060\ufeff", " ")
_FOLDS |= dict(zip("○◯−﹣﹪∶﹒", "〇〇--%:.", strict=True))
_FOLDS |= dict(
    zip(
        "萬億兩餘條個項場戶號約過幾來內數處們冊筆輛臺張塊隻時鐘間無",
        "万亿两余条个项场户号约过几来内数处们册笔辆台张块只时钟间无",
        strict=True,
    )
)
_FOLDABLE = re.compile(f"[{re.escape(''.join(_FOLDS))}]")
_FOLD = str.maketrans(_FOLDS)

_UNITS_OF_TEN = {"十": 10, "百": 100, "千": 1000}
_DIGIT = {"零": 0, "〇": 0, "两": 2} | {char: n for n, char in enumerate("一二三四五六七八九", start=1)}
CHARACTERS = "〇零一二三四五六七八九两十百千万亿"
"""What Chinese numerals are written with."""


def folded(text: str) -> str:
    """Return `text` with width, blanks and traditional classifiers folded one to one; offsets hold."""
    return text.translate(_FOLD) if _FOLDABLE.search(text) else text


def is_han(char: str) -> bool:
    """Whether a character is Chinese."""
    return "\u3400" <= char <= "\u9fff"


LITERAL = re.compile(r"(?:[0-9]{1,15}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4})(?:\.[0-9]{1,12})?")
"""A number in digits, its thousands parted or not."""
_SPACED = re.compile(r"^ +| (?=[余多几百千万亿])| +$")
_APPROXIMATORS = re.compile(r"(?<=[0-9一二三四五六七八九两十百千万亿])[余多几]")
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)([百千]?)")
_SECTION = re.compile(
    r"""[两二三四五六七八九一]千(?:零[一二三四五六七八九]?十[一二三四五六七八九]?|零[一二三四五六七八九]
          |[一二三四五六七八九]十[一二三四五六七八九]?
          |[两二三四五六七八九一]百(?:零[一二三四五六七八九]|[一二三四五六七八九]?十[一二三四五六七八九]?)?)?
       |[两二三四五六七八九一]百(?:零[一二三四五六七八九]|[一二三四五六七八九]?十[一二三四五六七八九]?)?
       |[一二三四五六七八九]?十[一二三四五六七八九]?
       |[一二三四五六七八九两百千]""",
    re.VERBOSE,
)
_POSITIONAL = re.compile(r"[一二三四五六七八九〇零]*[〇零][一二三四五六七八九〇零]*|[一二三四五六七八九]{3,}")


def parse_number(numeral: str) -> int | float | None:
    """Read one numeral, wholly and exactly: `3,294` `１２` `二十` `两` `7.5万` `1亿2000万` `二〇一九`.

    Approximators are read over (`百余` is 100, `20余万` is 200000). Returns None for anything else,
    also for `一百二` and `三五`, which speakers use for 120 and for "three to five".
    """
    value = read_spoken(folded(numeral))
    return None if value is None else whole(value)


def read_spoken(numeral: str) -> Decimal | None:
    """The exact value of a folded numeral as printed, approximators read over; None for anything else."""
    return _read(_unspoken(numeral))


def _unspoken(numeral: str) -> str:
    """Drop blanks and approximators from a folded numeral."""
    return numeral if numeral.isdigit() else _APPROXIMATORS.sub("", _SPACED.sub("", numeral))


def whole(value: Decimal) -> int | float:
    """An integer where the value is one."""
    return int(value) if value == value.to_integral_value() else float(value)


def _read(plain: str) -> Decimal | None:
    """Return the value of a folded numeral without approximators."""
    if plain in _DIGIT:
        return Decimal(_DIGIT[plain])
    if LITERAL.fullmatch(plain):
        return Decimal(plain.replace(",", ""))
    if not plain or len(plain) > 32:
        return None
    if _POSITIONAL.fullmatch(plain):
        return Decimal("".join(str(_DIGIT[char]) for char in plain))
    head = LITERAL.match(plain)
    if head:
        plain = head[0].replace(",", "") + plain[head.end() :]
    return _levels(plain.replace("〇", "零"), "亿")


def _levels(plain: str, level: Literal["亿", "万"]) -> Decimal | None:
    """Read `high 亿 low` or `high 万 low`, whose halves are read one level further down."""
    width = 8 if level == "亿" else 4
    high, found, low = plain.rpartition(level)
    if not found:
        return _levels(plain, "万") if level == "亿" else _part(plain)
    above = _levels(high, "万") if level == "亿" and high else _part(high or "一")
    below = _remainder(low, width)
    if above is None or below is None:
        return None
    return above * Decimal(10**width) + below


def _remainder(low: str, width: int) -> Decimal | None:
    """Read what follows 万 or 亿: nothing, `零五`, `五千`, `2000万`; not `五`, which means 五千 to some."""
    if not low:
        return Decimal(0)
    if len(low.lstrip("零")) == 1 and low[0] != "零":
        return None
    if low.isascii() and len(low) != width:
        return None
    value = _levels(low.removeprefix("零"), "万") if width == 8 else _part(low.removeprefix("零"))
    return value if value is not None and value < 10**width else None


def _part(plain: str) -> Decimal | None:
    """Read a numeral without 万 and 亿: `7.5`, `3千`, `一百二十三`."""
    printed = _PART.fullmatch(plain)
    if printed:
        return Decimal(printed[1]) * _UNITS_OF_TEN.get(printed[2], 1)
    if not _SECTION.fullmatch(plain):
        return None
    total = digit = 0
    for char in plain:
        if char in _UNITS_OF_TEN:
            total, digit = total + (digit or 1) * _UNITS_OF_TEN[char], 0
        else:
            digit = _DIGIT[char]
    return Decimal(total + digit)
