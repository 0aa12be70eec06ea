"""What an agency's name says: region, office, and a key that all spellings of one name share."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from structurer.crosswalk import crosswalk_folder
from structurer.datafiles import contents, validated
from structurer.fold import fold
from structurer.metadata.regions import is_city, parts_of

Bound = Literal["whole", "local", "short"]
"""How far a name settles whose it is: with a province or a city; a county alone; or no region at all."""

_BLANK = re.compile("[ \t\n\u200b]+")
_ASIDE = re.compile(r"(?<=.)[(\[][^()\[\]]{0,20}[)\]]$")
_NATIONAL = re.compile("国家|国务院|中华人民共和国")
_ZONE = re.compile(
    "(?!经济|高新|工业|技术|开发|国家|产业|旅游)[\u4e00-\u9fff]{2,8}?(?:新区|开发区|高新区|园区|度假区|示范区|保税区|管理区)"
)
_INSTITUTION = re.compile("[\u4e00-\u9fff]{4,}(?:大学|学院|医院|公司|银行)$")


class Offices(BaseModel):
    """How offices are named: data, `offices.yaml` beside the crosswalk."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    spellings: Mapping[str, tuple[str, ...]]
    renamed: tuple[tuple[str, ...], ...] = ()
    """One office under another name in other years: joined where no year has both."""
    perhaps: tuple[tuple[str, ...], ...] = ()
    """An office that took over from another: suggested, never joined."""
    not_unique: frozenset[str] = Field(default=frozenset())
    """Districts of one name in several cities."""

    @cached_property
    def full(self) -> Mapping[str, str]:
        """Any form → official name, itself included: 人民政府 must not be read as 人民 and 政府."""
        return {form: name for name, others in self.spellings.items() for form in (name, *others)}

    @cached_property
    def longest(self) -> int:
        """Characters of the longest form."""
        return max(map(len, self.full), default=0)


class Name(NamedTuple):
    """A name taken apart. `key` is what all its spellings have in common."""

    key: str
    bound: Bound
    region: tuple[str, ...]
    """The regions it names, from the widest to its own."""
    office: str

    @property
    def shorter(self) -> tuple[str, ...]:
        """Keys of the same name with less in front: without province, city, or its own region's name."""
        regions = self.region
        made = ["".join(regions[start:]) + self.office for start in range(1, len(regions))]
        if regions and len(regions[-1]) > 1:
            made.append(regions[-1][-1] + self.office)
        return tuple(dict.fromkeys([*made, self.office]))


def load_offices(folder: str | os.PathLike[str] | None = None) -> Offices:
    """How offices are named (default: as shipped). Raises FormError naming the file."""
    path = (Path(folder) if folder is not None else crosswalk_folder()) / "offices.yaml"
    return validated(path, contents(path), Offices)


@cache
def offices() -> Offices:
    """How offices are named, as shipped."""
    return load_offices()


def clean(name: str) -> str:
    """A name without what only typesetting adds: widths, script, spaces, quotes, an aside in brackets."""
    return _ASIDE.sub("", _BLANK.sub("", fold(name)).strip("\"'《》,。:;"))


@lru_cache(maxsize=65_536)
def parsed(name: str) -> Name:
    """A name taken apart, by the offices that are shipped."""
    text = clean(name)
    province, city, county, town, rest = parts_of(text)
    known = offices()
    office = spelled(rest, known)
    if province and city and is_city(city):
        province = ""
    region = tuple(part for part in (province, city, county, town) if part)
    return Name("".join(region) + office, _bound(text, region, known), region, office)


def spelled(office: str, known: Offices) -> str:
    """An office's name with its short form at the end written out."""
    for length in range(min(len(office), known.longest), 1, -1):
        full = known.full.get(office[-length:])
        if full is not None:
            return office[:-length] + full
    return office


def ends_in(key: str, family: tuple[str, ...]) -> tuple[str, str] | None:
    """What stands before an office of the family at the end of a key, and which office it is."""
    found = [office for office in family if key.endswith(office)]
    office = max(found, key=len, default=None)
    return (key[: -len(office)], office) if office is not None else None


def _bound(text: str, region: tuple[str, ...], known: Offices) -> Bound:
    if _NATIONAL.match(text) or _INSTITUTION.search(text):
        return "whole"
    if not region:
        return "local" if _ZONE.match(text) or is_city(text[:2]) or is_city(text[:3]) else "short"
    first = region[0]
    if first.endswith(("省", "自治区", "自治州", "地区", "盟")) or is_city(first) or first in _MUNICIPALITIES:
        return "whole"
    if first.endswith(("镇", "乡", "街道")) or first in known.not_unique:
        return "short"
    return "local"


_MUNICIPALITIES = frozenset({"北京市", "天津市", "上海市", "重庆市"})
