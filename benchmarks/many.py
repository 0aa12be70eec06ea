"""As many reports as are wanted, made cheaply: some generated ones, each under ever new names of offices.

Making a report takes as long as reading it. So some hundred are generated in every layout and damage, and
each is used again and again, each time with another place in its agency's name: other bytes, another office,
the same work. As in a country's reports, hardly two are of one office and year.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from benchmarks.corpus import reports
from benchmarks.corpus.case import Case

_FIRST = "安宝北常成川春大德东恩丰福高古广桂海汉和衡弘湖华淮惠吉嘉建江金景靖康兰乐丽凉林灵龙隆"
_SECOND = "平阳山州宁城河溪泉峰原源川江湖岭水田林石港湾桥沙洲浦塘潭坪坝岗塬屏冈麓野桐柏梧松竹梅兰"
_LEAST = 2
"""Characters of a place's name that are put in the place of others."""


def texts(count: int, *, base: int = 300, seed: int = 0) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of `count` reports, all different, made from `base` generated ones."""
    cases = [case for case in islice(reports(seed, 4 * base), 4 * base) if _renamed(case, 0) is not None]
    cases = cases[:base]
    for number in range(count):
        case = cases[number % len(cases)]
        data = _renamed(case, number)
        assert data is not None
        yield f"{number:07d}{case.suffix}", data


def written(folder: Path, count: int, **given: int) -> None:
    """Those reports as files, a thousand in a folder."""
    for number, (name, data) in enumerate(texts(count, **given)):
        part = folder / f"{number // 1000:04d}"
        if number % 1000 == 0:
            part.mkdir(parents=True, exist_ok=True)
        (part / name).write_bytes(data)


def _renamed(case: Case, number: int) -> bytes | None:
    """The case's text with another place in the agency's name; None where that does not make another text."""
    agency = str(case.metadata.get("agency") or "")
    if not isinstance(case.text, str) or len(agency) <= _LEAST or agency not in case.text:
        return None
    name, again = place(number)
    return (case.text.replace(agency, name + agency[_LEAST:]) + "\n" * again).encode()


def place(number: int) -> tuple[str, int]:
    """A name of three characters for every number, and how often all of them were used before."""
    name = ""
    for letters in (_FIRST, _SECOND, _FIRST):
        number, letter = divmod(number, len(letters))
        name += letters[letter]
    return name, number
