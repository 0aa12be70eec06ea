"""Which reports are one agency's: names joined by fixed rules, each join with its reason, doubts only listed.

In this order, and nothing else joins:

1. what the user told;
2. names that are one name spelled otherwise (width, script, spaces, 教体局 for 教育体育局, a province before
   a prefecture-level city), if the name says whose it is: a district of a name that several cities have, an
   office without a region and a town without its county do not;
3. a shorter name (金水区教育局, 市教育局) whose reports share a telephone or an e-mail address with those of
   exactly one fuller name that ends so;
4. short names that share a telephone or an e-mail address with each other;
5. an office under another name in other years (教育局, then 教育体育局): same region, no year with both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from structurer.panel.names import Name, clean, ends_in, offices, parsed
from structurer.panel.told import Told


class Seen(NamedTuple):
    """A document as recognising needs it: the store's number, the name it gives, the year it is on."""

    number: int
    name: str
    year: int


class Spelling(NamedTuple):
    """One name of an agency, the documents that use it, and why they are this agency's."""

    name: str
    documents: tuple[int, ...]
    years: tuple[int, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Agency:
    """A recognised agency. `reports` are (year, document's number), in order."""

    name: str
    spellings: tuple[Spelling, ...]
    reports: tuple[tuple[int, int], ...]
    parent: str | None = None
    told_parent: bool = False

    @property
    def years(self) -> tuple[int, ...]:
        """The years it has a report for."""
        return tuple(sorted({year for year, _ in self.reports}))


class Suggestion(NamedTuple):
    """Names that may be one agency's; they were not joined."""

    names: tuple[str, ...]
    why: str


class Unplaced(NamedTuple):
    """A document that is in no series, and why."""

    number: int
    why: str


@dataclass(frozen=True)
class Recognised:
    """The agencies by name, what may belong together, and what belongs nowhere."""

    agencies: tuple[Agency, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()


SAME, SPELLED, TOLD, RENAMED = (
    "the same name",
    "the same name, spelled otherwise",
    "told by the file of agencies",
    "the office's other name, in other years",
)
NAMELESS = (
    "its name does not say whose office it is, and it shares no telephone or e-mail with another report"
)


@dataclass
class _Group:
    """Documents under way to be one agency: (document, the reason it is here)."""

    key: str
    found: list[tuple[Seen, str]] = field(default_factory=list)

    @property
    def years(self) -> set[int]:
        return {seen.year for seen, _ in self.found}

    @property
    def names(self) -> set[str]:
        return {seen.name for seen, _ in self.found}

    def take(self, other: _Group, why: str) -> None:
        """Moves the other's documents here."""
        self.found += [(seen, why if told in (SAME, SPELLED) else told) for seen, told in other.found]


def recognise(
    seen: Iterable[Seen],
    contacts: Callable[[int], frozenset[str]] = lambda _: frozenset(),
    told: Told | None = None,
    of_document: Mapping[int, str] | None = None,
) -> Recognised:
    """The agencies of these documents. `contacts` gives a document's accepted telephones and e-mails.

    `of_document`: documents whose agency the user told, by number. The result depends on what is given
    only, not on its order.
    """
    told = told or Told()
    groups, loose = _by_key(sorted(seen), told, of_document or {})
    suggestions: list[Suggestion] = []
    _join_shorter(groups, _fuller(groups), contacts, told, suggestions)
    unplaced = _place_loose(groups, loose, _fuller(groups), contacts, suggestions)
    _join_renamed(groups, told, suggestions)
    suggestions += _perhaps(groups, told)
    made = _named([_agency(group, told) for group in groups.values()])
    return Recognised(
        tuple(_with_parents(made, told)), tuple(sorted(set(suggestions))), tuple(sorted(unplaced))
    )


def _by_key(
    seen: Sequence[Seen], told: Told, of_document: Mapping[int, str]
) -> tuple[dict[str, _Group], list[Seen]]:
    """Groups of names that are one name, and documents whose name is nobody's for certain."""
    groups: dict[str, _Group] = {}
    loose: list[Seen] = []
    several = _of_several(seen)
    for one in seen:
        name = parsed(one.name)
        alias = of_document.get(one.number) or told.aliases.get(clean(one.name))
        if alias is not None:
            key = parsed(alias).key
            groups.setdefault(key, _Group(key)).found.append((one, TOLD))
        elif name.bound == "short" or name.key in several:
            loose.append(one)
        else:
            groups.setdefault(name.key, _Group(name.key)).found.append((one, SAME))
    return groups, loose


def _of_several(seen: Sequence[Seen]) -> set[str]:
    """Local names that reports here give to offices in more than one city."""
    above: dict[str, set[str]] = defaultdict(set)
    for name in {parsed(one.name) for one in seen}:
        if name.bound == "whole":
            for key in name.shorter[: len(name.region) - 1]:
                above[key].add(name.key)
    return {key for key, fuller in above.items() if len(fuller) > 1}


def _fuller(groups: Mapping[str, _Group]) -> dict[str, list[str]]:
    """Shorter key → the keys of fuller names that end so."""
    made: dict[str, list[str]] = defaultdict(list)
    for key in sorted(groups):
        for short in parsed(key).shorter:
            if short != key:
                made[short].append(key)
    return made


def _join_shorter(
    groups: dict[str, _Group],
    fuller: Mapping[str, Sequence[str]],
    contacts: Callable[[int], frozenset[str]],
    told: Told,
    suggestions: list[Suggestion],
) -> None:
    for key in sorted(groups):
        candidates = [full for full in fuller.get(key, ()) if full in groups and not _apart(told, key, full)]
        if not candidates:
            continue
        own = _reach(groups[key], contacts)
        shared = [(full, own & _reach(groups[full], contacts)) for full in candidates]
        agreeing = [(full, both) for full, both in shared if both]
        if len(agreeing) == 1:
            full, both = agreeing[0]
            groups[full].take(groups.pop(key), _shares(both, full))
        else:
            why = "a shorter name of the other, and no telephone or e-mail confirms it"
            suggestions += [
                Suggestion((_shown(groups, full), _shown(groups, key)), why) for full in candidates
            ]


def _place_loose(
    groups: dict[str, _Group],
    loose: Sequence[Seen],
    fuller: Mapping[str, Sequence[str]],
    contacts: Callable[[int], frozenset[str]],
    suggestions: list[Suggestion],
) -> list[Unplaced]:
    """Puts documents with short names where their contacts belong; returns those that stay."""
    reach = {
        key: _reach(groups[key], contacts) for one in loose for key in fuller.get(parsed(one.name).key, ())
    }
    left: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    unplaced = []
    for one in loose:
        key, own = parsed(one.name).key, contacts(one.number)
        agreeing = [(full, own & reach[full]) for full in fuller.get(key, ()) if own & reach[full]]
        if len(agreeing) == 1:
            full, both = agreeing[0]
            groups[full].found.append((one, _shares(both, full)))
        elif own and not agreeing:
            left[key, min(own)].append(one)
        else:
            unplaced.append(
                Unplaced(
                    one.number,
                    NAMELESS
                    if not agreeing
                    else "several agencies fit: " + ", ".join(full for full, _ in agreeing),
                )
            )
        if not agreeing and 0 < len(fuller.get(key, ())) <= 3:
            for full in fuller[key]:
                suggestions.append(Suggestion((_shown(groups, full), one.name), NAMELESS))
    for (key, contact), documents in left.items():
        name = f"{key}〔{contact}〕"
        groups[name] = _Group(name, [(one, f"the same short name, and {contact}") for one in documents])
    return unplaced


def _join_renamed(groups: dict[str, _Group], told: Told, suggestions: list[Suggestion]) -> None:
    for family in offices().renamed:
        stems: dict[str, list[str]] = defaultdict(list)
        for key in sorted(groups):
            found = ends_in(key, family) if not key.endswith("〕") else None
            if found is not None and found[0]:
                stems[found[0]].append(key)
        for keys in stems.values():
            _join_years(groups, keys, told, suggestions)


def _join_years(
    groups: dict[str, _Group], keys: Sequence[str], told: Told, suggestions: list[Suggestion]
) -> None:
    first, *rest = sorted(keys, key=lambda key: (min(groups[key].years), key))
    for key in rest:
        both = sorted(groups[first].years & groups[key].years)
        if _apart(told, first, key):
            continue
        if both:
            why = f"an office's other name, but both report for {', '.join(map(str, both))}"
            suggestions.append(Suggestion((_shown(groups, first), _shown(groups, key)), why))
        else:
            groups[first].take(groups.pop(key), RENAMED)


def _perhaps(groups: Mapping[str, _Group], told: Told) -> Iterator[Suggestion]:
    """Offices that may have taken over from each other, and regions that may have become another kind."""
    stems: dict[tuple[int, str], list[str]] = defaultdict(list)
    kinds: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key in sorted(groups):
        if key.endswith("〕"):
            continue
        for number, family in enumerate(offices().perhaps):
            found = ends_in(key, family)
            if found is not None and found[0]:
                stems[number, found[0]].append(key)
        name = parsed(key)
        if name.region and len(name.region[-1]) > 2:
            kinds["".join(name.region)[:-1], name.office].append(key)
    for keys in stems.values():
        for one, other in pairwise(keys):
            if not _apart(told, one, other):
                yield Suggestion(
                    (_shown(groups, one), _shown(groups, other)),
                    "an office that may have taken over from the other",
                )
    for keys in kinds.values():
        for one, other in pairwise(keys):
            if not _apart(told, one, other):
                yield Suggestion(
                    (_shown(groups, one), _shown(groups, other)),
                    "a region that may have become another kind (县, 市, 区)",
                )


def _apart(told: Told, one: str, other: str) -> bool:
    """Whether the user said that two names are different agencies."""
    pair = {parsed(one).key, parsed(other).key}
    return any({parsed(name).key for name in two} == pair for two in told.apart)


def _reach(group: _Group, contacts: Callable[[int], frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*(contacts(seen.number) for seen, _ in group.found))


def _shares(both: frozenset[str], full: str) -> str:
    return f"a shorter name, and {min(both)} is also that of {full}"


def _shown(groups: Mapping[str, _Group], key: str) -> str:
    return _title(groups[key])


def _title(group: _Group) -> str:
    """The name of the latest year that says whose it is; of several the longest."""
    if group.key.endswith("〕"):
        return group.key
    named = [(seen.year, len(seen.name), seen.name) for seen, why in group.found if why in (SAME, RENAMED)]
    return clean(max(named)[2]) if named else group.key


def _agency(group: _Group, told: Told) -> Agency:
    name = _title(group)
    if any(why == TOLD for _, why in group.found):
        own = [alias for alias in told.aliases.values() if parsed(alias).key == group.key]
        name = own[0] if own else name
    by_name: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    for seen, why in group.found:
        if why == SAME and clean(seen.name) != name and parsed(seen.name).key == parsed(name).key:
            why = SPELLED
        by_name[seen.name, why].append(seen)
    spellings = [
        Spelling(
            spelled, tuple(one.number for one in documents), tuple(sorted({d.year for d in documents})), why
        )
        for (spelled, why), documents in by_name.items()
    ]
    reports = sorted((seen.year, seen.number) for seen, _ in group.found)
    return Agency(name, tuple(sorted(spellings, key=lambda one: (one.years, one.name))), tuple(reports))


def _named(agencies: list[Agency]) -> list[Agency]:
    """Agencies by name; where two have the same name, the second says which documents it is of."""
    taken: set[str] = set()
    made = []
    for one in sorted(agencies, key=lambda agency: (agency.name, agency.reports)):
        name, number = one.name, 2
        while name in taken:
            name, number = f"{one.name} #{number}", number + 1
        taken.add(name)
        made.append(Agency(name, one.spellings, one.reports))
    return made


def _with_parents(agencies: Sequence[Agency], told: Told) -> Iterator[Agency]:
    """Agencies with the one above: as told, else the government of the region around a government."""
    by_key = {parsed(one.name).key: one.name for one in agencies}
    for one in agencies:
        up = told.parents.get(one.name)
        if up is not None:
            known = up if up in {a.name for a in agencies} else by_key.get(parsed(up).key, up)
            yield Agency(one.name, one.spellings, one.reports, known, True)
            continue
        yield Agency(one.name, one.spellings, one.reports, _above(parsed(one.name), by_key))


def _above(name: Name, by_key: Mapping[str, str]) -> str | None:
    """Only a government's report counts what is below it, so only governments have one above by name."""
    if name.office != "人民政府":
        return None
    for end in range(len(name.region) - 1, 0, -1):
        found = by_key.get("".join(name.region[:end]) + name.office)
        if found is not None:
            return found
    return None
