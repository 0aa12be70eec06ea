"""Bytes to text: which encoding a report is in, judged by the Chinese it gives."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_NARROW = ("utf-8", "gb18030", "big5hkscs")
_ALIASES = {
    **dict.fromkeys(("gb2312", "gbk", "cp936"), "gb18030"),
    **dict.fromkeys(("big5", "cp950"), "big5hkscs"),
}

#: The characters reports are made of, simplified and traditional: about two thirds of any report.
#: Chinese read in a wrong encoding holds fewer than one in twenty of them.
_COMMON = frozenset(
    "的一是不了在人有我他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小么心多天而能好都然没日于起"
    "成事只作当想看文无开手用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工"
    "己话情者向政府信息报告度部局市县区省委办室条例规定收到申请处公开总体况主题存问改措施项目数量网站栏单位机关级组织领导责任制工"
    "完善建设推依监督管加强新媒微博发布件份次期复议诉讼决行许可务服社教育统计据安全重要求内容结果维持纠正其他自然企业团审批范围及时"
    "這國來時說們為個對會學過裡後麼沒於當開無見經頭動兩長樣現將與進實點種聲話資訊報縣區辦條規請處總體況題問項數網欄單機關級組織導責"
    "標準務許業團審範圍內結維糾據強媒發計統議訴訟決監設"
    "，。、；：（）“”《》！？０１２３４５６７８９"
)
_CHINESE = re.compile("[\u4e00-\u9fff]")
_DECLARED = re.compile(rb"""(?:charset|encoding)\s{0,3}=\s{0,3}["']?([A-Za-z0-9_-]{2,20})""", re.I)
_HIGH = re.compile(rb"[\x80-\xff]")
_CONTROL = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1a\x1b\x1c\x1d\x1e\x1f")
_SAMPLE = 16_384
_PLAUSIBLE = 0.3
_DAMAGED = 0.05
"""More undecodable characters than this share, and the encoding is the wrong one."""


class Decoded(NamedTuple):
    """Text, the codec that gives it (`data.decode(encoding)` unless damaged), and what was assumed."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()


def decode(data: bytes) -> Decoded | None:
    """The text of some bytes, or None when no encoding a report comes in makes sense of them.

    A byte order mark decides; then valid UTF-8 that holds Chinese; then whatever gives the most
    plausible Chinese, a charset declared in the file being asked first but believed only if it is
    plausible. Bytes that cannot be decoded become U+FFFD, and a note says so.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _lenient(data, encoding, ())
    if b"\0" not in data:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            if text.isascii() or _CHINESE.search(text):
                return Decoded(text, "utf-8")
    return _guess(data)


def plausibility(text: str) -> float:
    """How much of the text outside ASCII is everyday Chinese, 0 to 1; plain ASCII counts as 0.5."""
    other = [char for char in text if char > "\x7f"]
    if not other:
        return 0.0 if "\0" in text else 0.5
    broken = text.count("\ufffd") + text.count("\0")
    return max(0.0, (sum(map(_COMMON.__contains__, other)) - broken) / len(other))


def _guess(data: bytes) -> Decoded | None:
    declared = _declared(data)
    if declared:
        known = _strictly(data, declared)
        if known is not None and plausibility(_sample(data).decode(declared, "replace")) >= _PLAUSIBLE:
            return Decoded(known, declared, (f"encoding {declared} as declared",))
    sample = _sample(data)
    # NULs mean two or four bytes a character; Chinese in UTF-16 may also come without any.
    candidates = (*_WIDE, *_NARROW) if b"\0" in sample else (*_NARROW, *_WIDE[2:])
    scores = {name: plausibility(sample.decode(name, "replace")) for name in candidates}
    best = max(candidates, key=lambda name: scores[name])
    if scores[best] < _PLAUSIBLE:
        return _last_resort(data, sample)
    note = f"encoding guessed: {best}" + (f" (declared {declared})" if declared and declared != best else "")
    return _lenient(data, best, () if best == "utf-8" else (note,))


def _sample(data: bytes) -> bytes:
    """Some kilobytes from the first byte outside ASCII on: markup says nothing about the encoding."""
    first = _HIGH.search(data)
    start = first.start() & ~3 if first else 0
    return data[start : start + _SAMPLE]


def _declared(data: bytes) -> str | None:
    found = _DECLARED.search(data[:4096])
    if not found:
        return None
    name = found[1].decode("ascii").lower()
    try:
        name = codecs.lookup(_ALIASES.get(name, name)).name
        "".encode(name)  # a codec such as rot13 or zip is no character set
    except (LookupError, ValueError, UnicodeError):
        return None
    return name


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError):
        return None


def _lenient(data: bytes, encoding: str, notes: tuple[str, ...]) -> Decoded | None:
    """Decode, forgiving a cut last character and a few broken ones; None when too many are broken."""
    text = _strictly(data, encoding)
    if text is not None:
        return Decoded(text, encoding, notes)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        text = decoder.decode(data, final=False)
    except UnicodeError:
        text = data.decode(encoding, "replace")
        broken = text.count("\ufffd")
        if broken > _DAMAGED * len(text):
            return None
        return Decoded(text, encoding, (*notes, f"{broken} undecodable characters in {encoding}"))
    return Decoded(text, encoding, (*notes, "the last character is cut off and was dropped"))


def _last_resort(data: bytes, sample: bytes) -> Decoded | None:
    text = _strictly(data, "utf-8")
    if text is not None:
        return Decoded(text, "utf-8")
    if len(sample) - len(sample.translate(None, _CONTROL)) > _DAMAGED * len(sample):
        return None
    from charset_normalizer import from_bytes

    found = from_bytes(sample, steps=3, chunk_size=512).best()
    if found is None:
        return None
    return _lenient(data, found.encoding, (f"encoding guessed: {found.encoding}, not Chinese",))
