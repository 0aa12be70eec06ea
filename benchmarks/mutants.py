"""Mutated reports, as many as there is time for: what they may raise, what must hold, how long they take.

    python -m benchmarks.mutants [--reports N] [--seed S] [--processes P] [--keep DIR]

A report is made up in any layout and damage, or spliced from two, and mutated on top: bytes flipped, lines
swapped, dropped, doubled, joined into one, cut, repeated until they are hundreds of kilobytes, decoded and
encoded as something else. Whether the truth survives cannot be told, so what is checked is what holds of
every extraction (benchmarks/invariants.py), and that nothing is raised but ReadError, by name. Printed are
the slowest, the most memory, and how time grows with size: the exponent is the slope of the logarithm of the
median time over the logarithm of the size, 1 being linear.

Exits 1 when anything else was raised, an invariant does not hold, one report took longer than LIMIT seconds
of processor time or MEMORY megabytes more than the others, or the exponent is over EXPONENT.
"""

from __future__ import annotations

import argparse
import math
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from random import Random
from statistics import median
from types import FrameType

from benchmarks.corpus import Case, reports
from benchmarks.invariants import violations
from benchmarks.peak import peak_bytes
from structurer.errors import ReadError
from structurer.forms import load_forms
from structurer.pipeline import extract
from structurer.read import read

LIMIT = 20.0
"""Seconds of processor time that one mutant may take: they are half a megabyte at most."""
MEMORY = 400
"""Megabytes that one mutant may need beyond what was needed before."""
EXPONENT = 1.15
LARGEST = 500_000
"""Bytes of a mutant."""
_BASES = 400
_CHUNK = 200
_TOLD = 50
"""Chunks after which it says how far it is."""
_SMALLEST_MEASURED = 8_192
"""Bytes below which the forms and their patterns take longer than the text."""
_FEWEST = 5
"""Mutants of one size that make a median."""

Mutation = Callable[[bytes, Random], bytes]


@dataclass
class Found:
    """What became of some mutants."""

    outcomes: Counter[str] = field(default_factory=Counter)
    broken: list[tuple[int, str]] = field(default_factory=list)
    times: list[tuple[float, int, int]] = field(default_factory=list)
    """Seconds, bytes and number of each."""
    growth: tuple[int, int] = (0, 0)
    """Kilobytes by which the most memory ever needed rose at once, and by which mutant."""
    peak: int = 0
    accepted: int = 0


class _TooLong(Exception):
    """A mutant that would not end."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run them and print what was found."""
    options = _options(arguments)
    began = time.perf_counter()
    total = Found()
    chunks = [
        (options.seed, start, min(start + _CHUNK, options.reports), options.keep)
        for start in range(0, options.reports, _CHUNK)
    ]
    # Made once here, so that every process has them: they are forked.
    _base(options.seed, 0)
    load_forms()
    with get_context("fork").Pool(options.processes) as pool:
        for done, found in enumerate(pool.imap_unordered(_chunk, chunks), 1):
            _join(total, found)
            if done % _TOLD == 0:
                print(f"{done * _CHUNK:,} of {options.reports:,}", file=sys.stderr)
    print(rendered(total, options.seed, time.perf_counter() - began))
    return 1 if failures(total) else 0


def mutant(seed: int, number: int) -> tuple[str, bytes]:
    """One mutant by its number: its name and bytes. The same on every run."""
    rng = Random(f"mutant {seed} {number}")
    base = _base(seed, rng.randrange(_BASES))
    content = base.data()
    if rng.random() < 0.2:
        content = _spliced(content, _base(seed, rng.randrange(_BASES)).data(), rng)
    names = rng.choices(
        list(_MUTATIONS), weights=[_WEIGHTS.get(name, 4) for name in _MUTATIONS], k=rng.randint(1, 4)
    )
    for name in names:
        content = _MUTATIONS[name](content, rng)[:LARGEST]
    return f"mutant-{number}-{'-'.join(names)}{base.suffix}", content


def rendered(found: Found, seed: int, seconds: float) -> str:
    """What was found, to read."""
    count = sum(found.outcomes.values())
    lines = [
        f"{count:,} mutated reports of seed {seed} in {seconds:,.0f} s:"
        f" {sum(one for one, _, _ in found.times):,.0f} s of processor time",
        *(f"{number:>10,}  {outcome}" for outcome, number in found.outcomes.most_common()),
        f"{found.accepted:>10,}  values accepted, every one checked",
        f"{len(found.broken):>10,}  invariants broken, or unnamed exceptions",
        "",
        "the slowest, in seconds of processor time:",
    ]
    lines += [
        f"{taken:10.3f}  {size:>9,} bytes  {mutant(seed, number)[0]}"
        for taken, size, number in sorted(found.times, reverse=True)[:5]
    ]
    kilobytes, number = found.growth
    lines += [
        "",
        f"most memory of a process: {found.peak / 1024:,.0f} MB;"
        f" at most {kilobytes / 1024:,.0f} MB more at once, by {mutant(seed, number)[0]}",
        "",
        "    bytes from   mutants   median s    worst s   us a byte",
    ]
    sizes = by_size(found.times)
    lines += [
        f"{size:>14,} {len(times):>9,} {median(times):>10.4f} {max(times):>10.4f}"
        f" {median(times) / size * 1e6:>11.3f}"
        for size, times in sizes.items()
    ]
    slope = exponent(sizes)
    lines.append(
        f"exponent of time over size: {'not enough large ones' if slope is None else f'{slope:.2f}'}"
    )
    lines += ["", *(f"FAILED {one}" for one in failures(found)[:50])]
    return "\n".join(lines).rstrip()


def failures(found: Found) -> list[str]:
    """Why this run is not good."""
    told = [f"mutant {number}: {said}" for number, said in sorted(found.broken)]
    told += [f"mutant {number}: {taken:.1f} s" for taken, _, number in found.times if taken > LIMIT]
    kilobytes, number = found.growth
    if kilobytes / 1024 > MEMORY:
        told.append(f"mutant {number}: {kilobytes / 1024:,.0f} MB")
    slope = exponent(by_size(found.times))
    if slope is not None and slope > EXPONENT:
        told.append(f"time grows with size to the power of {slope:.2f}, over {EXPONENT}")
    return told


def by_size(times: Sequence[tuple[float, int, int]]) -> dict[int, list[float]]:
    """Seconds by size, in powers of two."""
    sizes: dict[int, list[float]] = {}
    for taken, size, _ in times:
        sizes.setdefault(2 ** max(size, 1).bit_length() // 2, []).append(taken)
    return dict(sorted(sizes.items()))


def exponent(sizes: dict[int, list[float]]) -> float | None:
    """The slope of log median time over log size, by least squares; None where there are too few sizes."""
    points = [
        (math.log(size), math.log(max(median(times), 1e-6)))
        for size, times in sizes.items()
        if size >= _SMALLEST_MEASURED and len(times) >= _FEWEST
    ]
    if len(points) < 3:
        return None
    x, y = (sum(values) / len(points) for values in zip(*points, strict=True))
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)


def _chunk(work: tuple[int, int, int, str | None]) -> Found:
    """Some mutants, one after the other."""
    seed, start, end, keep = work
    forms, found = load_forms(), Found()
    signal.signal(signal.SIGVTALRM, _stop)
    for number in range(start, end):
        name, content = mutant(seed, number)
        before = _memory()
        said: list[str] = []
        began = time.process_time()
        try:
            signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT * 2)
            document = read(content, path=name)
            extraction = extract(document, forms)
            took = time.process_time() - began
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            found.outcomes["structured"] += 1
            found.accepted += sum(one.accepted for one in extraction.observations)
            said = list(violations(extraction, document, forms))
        except ReadError as error:
            took = time.process_time() - began
            found.outcomes[f"refused: {error.code}"] += 1
        except Exception as error:  # what this is here to find
            took = time.process_time() - began
            found.outcomes[f"raised: {type(error).__name__}"] += 1
            said = [f"raised {type(error).__name__}: {str(error)[:200]}"]
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        found.times.append((took, len(content), number))
        found.growth = max(found.growth, (_memory() - before, number))
        found.broken += [(number, f"{name}: {one}") for one in said]
        if said and keep:
            Path(keep).mkdir(parents=True, exist_ok=True)
            Path(keep, f"{number}.bin").write_bytes(content)
    found.peak = _memory()
    return found


def _stop(signum: int, frame: FrameType | None) -> None:
    raise _TooLong(f"over {LIMIT * 2:g} s of processor time")


def _memory() -> int:
    """The most kilobytes this process ever needed."""
    return peak_bytes() // 1024


def _join(total: Found, more: Found) -> None:
    total.outcomes += more.outcomes
    total.broken += more.broken
    total.times += more.times
    total.growth = max(total.growth, more.growth)
    total.peak = max(total.peak, more.peak)
    total.accepted += more.accepted


@lru_cache(maxsize=4)
def _bases(seed: int) -> list[Case]:
    return list(reports(seed, _BASES))


def _base(seed: int, index: int) -> Case:
    return _bases(seed)[index]


# --- what is done to them


def _spliced(one: bytes, other: bytes, rng: Random) -> bytes:
    return one[: rng.randrange(len(one) + 1)] + other[rng.randrange(len(other) + 1) :]


def _flipped(content: bytes, rng: Random) -> bytes:
    made = bytearray(content)
    for _ in range(rng.randint(1, 30)):
        if made:
            made[rng.randrange(len(made))] ^= 1 << rng.randrange(8)
    return bytes(made)


def _digits(content: bytes, rng: Random) -> bytes:
    """Other digits, where digits are."""
    made = bytearray(content)
    places = [at for at, byte in enumerate(made) if 48 <= byte <= 57]
    for at in rng.sample(places, min(len(places), rng.randint(1, 6))):
        made[at] = rng.randrange(48, 58)
    return bytes(made)


def _lines(change: Callable[[list[bytes], Random], list[bytes]]) -> Mutation:
    def mutate(content: bytes, rng: Random) -> bytes:
        lines = content.split(b"\n")
        for _ in range(rng.randint(1, 5)):
            lines = change(lines, rng) if lines else lines
        return b"\n".join(lines)

    return mutate


def _swap(lines: list[bytes], rng: Random) -> list[bytes]:
    one, two = (rng.randrange(len(lines)) for _ in range(2))
    lines[one], lines[two] = lines[two], lines[one]
    return lines


def _drop(lines: list[bytes], rng: Random) -> list[bytes]:
    at = rng.randrange(len(lines))
    return lines[:at] + lines[at + rng.randint(1, 4) :]


def _double(lines: list[bytes], rng: Random) -> list[bytes]:
    start = rng.randrange(len(lines))
    end = min(len(lines), start + rng.randint(1, 8))
    return lines[:end] + lines[start:end] + lines[end:]


def _join_lines(lines: list[bytes], rng: Random) -> list[bytes]:
    start = rng.randrange(len(lines))
    end = min(len(lines), start + rng.randint(2, 30))
    return [*lines[:start], rng.choice((b"", b" ", b"|")).join(lines[start:end]), *lines[end:]]


def _cut(content: bytes, rng: Random) -> bytes:
    start, end = sorted(rng.randrange(len(content) + 1) for _ in range(2))
    return content[start:end] if rng.random() < 0.3 else content[:start] + content[end:]


def _grown(content: bytes, rng: Random) -> bytes:
    """A part of it, many times: up to hundreds of kilobytes, in lines or in one."""
    start, end = sorted(rng.randrange(len(content) + 1) for _ in range(2))
    part = content[start : min(end, start + rng.choice((20, 200, 2_000, 20_000)))]
    if rng.random() < 0.5:
        part = part.replace(b"\n", b"")
    wanted = int(2 ** rng.uniform(12, math.log2(LARGEST)))
    return content[:end] + part * (wanted // (len(part) + 1)) + content[end:]


def _whole(content: bytes, rng: Random) -> bytes:
    """The whole report, many times."""
    wanted = int(2 ** rng.uniform(13, math.log2(LARGEST)))
    return content * max(2, wanted // (len(content) + 1))


_ENCODINGS = (
    "utf-8",
    "gb18030",
    "gbk",
    "big5",
    "utf-16-le",
    "utf-16",
    "utf-8-sig",
    "latin-1",
    "shift_jis",
    "hz",
)


def _encoded(content: bytes, rng: Random) -> bytes:
    """Read as one encoding and written as another."""
    text = content.decode(rng.choice(("utf-8", "utf-8", "gb18030", "latin-1")), "replace")
    return text.encode(rng.choice(_ENCODINGS), "replace")


_MUTATIONS: dict[str, Mutation] = {
    "flipped": _flipped,
    "digits": _digits,
    "swapped": _lines(_swap),
    "dropped": _lines(_drop),
    "doubled": _lines(_double),
    "joined": _lines(_join_lines),
    "cut": _cut,
    "encoded": _encoded,
    "grown": _grown,
    "whole": _whole,
}
_WEIGHTS = {"grown": 1, "whole": 0.3, "encoded": 2, "digits": 6}


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Structure mutated reports, and check what must hold.")
    parser.add_argument("--reports", type=int, default=2_000, metavar="N")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--keep", metavar="DIR", help="where to put mutants that break something")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
