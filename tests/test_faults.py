"""Whatever an endpoint does: nothing wrong is accepted, nothing is lost, one bad chunk costs one chunk."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from benchmarks import unusual
from benchmarks.asking import asked
from benchmarks.endpoints import FAULTS, PASSING, Call, Endpoint, faults
from benchmarks.endpoints.oracle import LIES, Teller
from benchmarks.sources import Source, generated, real
from structurer.evaluate import Gold
from structurer.model import client, transport
from structurer.observation import Extraction, Observation

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])

REAL = real()
UNUSUAL = list(unusual.sources(3, seed=8))
DAMAGED = list(
    generated(10, seed=8, damages=["none", "label-missing", "zeros-dropped-35", "wrong-digits", "remarks"])
)
HARD = [*UNUSUAL[:1], *DAMAGED[:2]]


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little patience."""
    monkeypatch.setattr(transport, "_backoff", lambda patience, failures: 0.001)
    monkeypatch.setattr(client, "Patience", lambda: transport.Patience(limited=0.02))


def known(extraction: Extraction) -> set[tuple[object, ...]]:
    """What is accepted, each with where it stands."""
    return {
        (one.indicator, one.value, one.period, one.scope, one.qualifier, one.evidence)
        for one in extraction.observations
        if one.accepted
    }


def told(extraction: Extraction) -> set[tuple[str, object]]:
    """Every value there is, accepted or waiting."""
    return {(one.indicator, one.value) for one in extraction.observations}


def of(extraction: Extraction, indicator: object) -> list[Observation]:
    """The observations of one indicator."""
    return [one for one in extraction.observations if one.indicator == indicator]


def from_model(extraction: Extraction) -> list[Observation]:
    """What only the model says."""
    return [one for one in extraction.observations if one.methods == ("model",)]


def named(source: Source) -> str:
    return source.name[:22]


@pytest.mark.parametrize("source", [*REAL, *UNUSUAL, *DAMAGED], ids=named)
@pytest.mark.parametrize("ask", ["open", "all"])
@pytest.mark.parametrize("rate", [0.0, 0.3, 1.0])
def test_no_lie_is_accepted_and_no_value_lost(source: Source, ask: str, rate: float) -> None:
    alone = source.without_model()
    with Endpoint(Teller(source.truth, rate, extra=rate)) as endpoint:
        found = asked(source, endpoint.base_url, ask=ask)
    assert source.false(found) <= source.false(alone)
    assert told(alone) <= told(found)
    for gone in known(alone) - known(found):
        assert any(one.status == "disputed" and "model" in one.methods for one in of(found, gone[0]))
    for one in from_model(found):
        assert not one.accepted
        assert one.status != "verified"


@pytest.mark.parametrize("kind", LIES)
def test_every_kind_of_lie_waits_for_a_person(kind: str) -> None:
    for source in UNUSUAL:
        teller = Teller(source.truth, 1.0, kinds=[kind])
        with Endpoint(teller) as endpoint:
            found = asked(source, endpoint.base_url, ask="all")
        assert source.false(found) <= source.false(source.without_model())
        if kind not in ("silent", "period", "qualifier", "scope"):
            assert any(item["wrong"] for item in teller.told)


@pytest.mark.parametrize("kind", ["number", "misquote", "canary", "factor"])
def test_figures_not_on_the_page_are_unsupported_even_when_a_model_is_trusted(kind: str) -> None:
    for source in UNUSUAL:
        teller = Teller(source.truth, 1.0, kinds=[kind])
        with Endpoint(teller) as endpoint:
            found = asked(source, endpoint.base_url, accept_model=True)
        lies = [item for item in teller.told if item["wrong"] == kind]
        assert lies
        said = {item["number"] for item in lies} - {fact.number for fact in source.truth.facts}
        assert not said & {one.value for one in found.observations}
        assert source.false(found) == set()


def test_an_oracle_is_believed_where_one_asks_for_it() -> None:
    for source in UNUSUAL:
        with Endpoint(Teller(source.truth)) as endpoint:
            found = asked(source, endpoint.base_url, accept_model=True)
            waiting = asked(source, endpoint.base_url)
        true = {(fact.indicator, fact.number) for fact in source.truth.facts}
        assert {(one.indicator, one.value) for one in found.observations if one.accepted} >= {
            fact for fact in true if fact in told(waiting)
        }
        assert len(from_model(waiting)) >= 0.8 * len(source.truth.facts)
        assert source.false(found) == set()


@pytest.mark.parametrize("source", [*REAL[:1], *HARD], ids=named)
@pytest.mark.parametrize("name", FAULTS)
def test_an_endpoint_that_fails_leaves_the_report_as_it_was(source: Source, name: str) -> None:
    alone = source.without_model()
    with Endpoint(faults.always(FAULTS[name])) as endpoint:
        found = asked(source, endpoint.base_url, ask="all", timeout=0.1 if name == "slow" else 5.0)
    assert endpoint.calls
    assert known(found) == known(alone)
    assert told(alone) <= told(found)
    missing = [one for one in found.findings if one.rule.startswith("model.")]
    assert missing, "a gap has to be told"
    assert "none" not in {one.message for one in missing}


@pytest.mark.parametrize("name", PASSING)
def test_what_passes_costs_nothing_but_time(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Two refusals ask for 20 ms each: more than the little patience that lasting faults are given here.
    monkeypatch.setattr(client, "Patience", lambda: transport.Patience(limited=2.0))
    source = UNUSUAL[0]
    teller = Teller(source.truth)
    with Endpoint(teller) as endpoint:
        smooth = asked(source, endpoint.base_url)
    with Endpoint(faults.first(PASSING[name], teller)) as endpoint:
        rough = asked(source, endpoint.base_url)
    assert rough.observations == smooth.observations
    assert len(endpoint.calls) == 3 * smooth.usage.calls


def test_a_storm_of_limits_loses_nothing() -> None:
    source = UNUSUAL[0]
    teller = Teller(source.truth)
    with Endpoint(faults.storm(teller, at_once=1)) as endpoint:
        found = asked(source, endpoint.base_url, ask="all")
    assert not [one for one in found.findings if one.rule.startswith("model.")]
    assert endpoint.replies.count(200) == len({call.raw for call in endpoint.calls})


@pytest.mark.parametrize("name", sorted(set(FAULTS) - {"unauthorised", "unknown-model", "out-of-quota"}))
def test_one_bad_chunk_costs_one_chunk(name: str) -> None:
    """Of several questions about one report one goes wrong for good; the others' answers are all there."""
    source = LONG
    teller = Teller(source.truth)
    with Endpoint(teller) as endpoint:
        good = asked(source, endpoint.base_url)
    documents = list(dict.fromkeys(core(call.document) for call in endpoint.calls))
    assert len(documents) >= 3
    bad = documents[1]

    def hit(call: Call) -> bool:
        """The bad chunk, its halves and its re-asks."""
        return core(call.messages[1]) in bad

    with Endpoint(faults.only(FAULTS[name], hit, teller)) as endpoint:
        found = asked(source, endpoint.base_url, timeout=0.3 if name == "slow" else 5.0)
    others = {place for place in places(good) if place[1] not in bad}
    assert 0 < len(others) < len(places(good))
    assert others <= places(found)
    assert [one for one in found.findings if one.rule.startswith("model.")]
    assert source.false(found) == set()


def places(extraction: Extraction) -> set[tuple[str, str, int]]:
    """What only the model says, by its words and where they stand."""
    return {
        (one.indicator, span.quote, span.start) for one in from_model(extraction) for span in one.evidence
    }


def core(message: str) -> str:
    """The report's text in a message, without the lines around it."""
    return "\n".join(line for line in message.split("\n") if not line.startswith("----"))


def long_report() -> Source:
    """Many unusual reports as one, so that it takes several requests."""
    seen: Counter[str] = Counter()
    statements, lines = [], []
    for number, part in enumerate(unusual.sources(28, seed=20)):
        title, date, *body = part.text.split("\n")
        lines += [title, date] if not number else []
        lines.append(f"第{'一二三四五六七八九十'[number % 10]}册所记")
        for line in body:
            here = [one for one in part.gold.statements or () if one.anchor in line]
            lines += [line] if here else []
            for one in here:
                seen[one.anchor] += 1
                statements.append(one.model_copy(update={"occurrence": seen[one.anchor]}))
    gold = Gold(path="long.txt", statements=tuple(statements))
    return Source("long.txt", "\n".join(lines).encode(), gold)


LONG = long_report()


def test_recorded_items_keep_their_shape() -> None:
    """The teller's answers are what the schema asks for; else the tests above would test nothing."""
    source = UNUSUAL[0]
    with Endpoint(Teller(source.truth, 0.5)) as endpoint:
        asked(source, endpoint.base_url)
        assert all(call.schema and call.schema["required"] == ["items"] for call in endpoint.calls)
        assert all(
            json.dumps(call.schema).count('"additionalProperties": false') >= 2 for call in endpoint.calls
        )
