"""A model that lies, over many reports: nothing it says is accepted, and nothing that was known is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.corpus import gold, reports
from structurer.evaluate import Gold, score
from structurer.observation import Extraction, Observation
from structurer.pipeline import structure
from structurer.settings import Ask
from tests import reports as real
from tests.liar import Liar
from tests.serving import Serving, loopback

pytestmark = loopback
COUNT = 45


def said(one: Observation) -> tuple[object, ...]:
    return one.indicator, one.value, one.unit, one.qualifier, one.period, one.scope, one.as_of, one.printed


def added(lied: Extraction, base: Extraction) -> list[tuple[object, ...]]:
    """What is accepted with the liar, and was not without."""
    known = {said(one) for one in base.select(accepted=True)}
    return [said(one) for one in lied.select(accepted=True) if said(one) not in known]


def lost(lied: Extraction, base: Extraction) -> list[tuple[object, ...]]:
    """What was said without the liar, and is not said with it at all."""
    values = {(one.indicator, one.period, one.value) for one in lied.observations}
    keys = {one.indicator for one in lied.observations}
    return [
        said(one)
        for one in base.observations
        if one.indicator not in keys
        or (one.value is not None and (one.indicator, one.period, one.value) not in values)
    ]


@pytest.mark.parametrize("ask", ["open", "all"])
def test_over_generated_reports(ask: Ask, tmp_path: Path) -> None:
    liar = Liar(seed=1)
    disputed = 0
    with Serving(answer=liar) as serving:
        settings = serving.settings(ask=ask, cache_dir=str(tmp_path))
        for case in reports(11, COUNT):
            path = f"{case.name}{case.suffix}"
            base = structure(case.text, path=path)
            lied = structure(case.text, path=path, settings=settings)
            assert added(lied, base) == [], path
            assert lost(lied, base) == [], path
            true = Gold.model_validate(gold(case, path))
            assert score(lied, true).tally().false <= score(base, true).tally().false
            disputed += sum(one.status == "disputed" for one in lied.observations)
    assert liar.told > COUNT


@real.needed
@pytest.mark.parametrize("ask", ["open", "all"])
@pytest.mark.parametrize("number", ["000", "001", "002", "003", "004"])
def test_over_the_real_reports(ask: Ask, number: str, tmp_path: Path) -> None:
    base = structure(real.path(number))
    for seed in range(4):
        with Serving(answer=Liar(seed)) as serving:
            lied = structure(
                real.path(number), settings=serving.settings(ask=ask, cache_dir=str(tmp_path / str(seed)))
            )
        assert added(lied, base) == []
        assert lost(lied, base) == []
        assert lied.usage.calls > 0


def test_the_liar_is_no_straw_man(tmp_path: Path) -> None:
    """Accepting a model's word at once lets lies through: what protects is that it is not accepted."""
    with Serving(answer=Liar(seed=1, most=30)) as serving:
        settings = serving.settings(ask="all", accept_model=True, cache_dir=str(tmp_path))
        through = sum(
            len(added(structure(case.text, settings=settings), structure(case.text)))
            for case in reports(11, 12)
        )
    assert through > 0
