"""Two readings of one thing: agreement confirms, and a difference says what differs."""

from __future__ import annotations

import pytest

from structurer.claims import Claim
from structurer.claims.account import with_claims
from structurer.document import Document
from structurer.observation import Evidence, Observation

TEXT = "全年收到申请100000余件。"
DOCUMENT = Document(path="x", id="d" * 64, source=TEXT, text=TEXT, encoding="utf-8")
PRINTED = Observation(
    indicator="narrative.applications_received.count",
    label="正文/收到申请数",
    value=100_000,
    status="stated",
    accepted=True,
    methods=("pattern",),
    evidence=(Evidence(start=2, end=13, quote=TEXT[2:13]),),
)
SAID = PRINTED.model_copy(update={"methods": ("model",), "accepted": False})


def said(**differing: object) -> Claim:
    return Claim(SAID.model_copy(update=differing), (6, 12), firm=True)


@pytest.mark.parametrize(
    ("differing", "told"),
    [
        ({"value": 17}, "read as 100000, by the model as 17"),
        ({"qualifier": "over"}, "read as 100000, by the model as more than 100000"),
        ({"period": "previous_year"}, " 100000: read as of the year, by the model as of the year before"),
        (
            {"period": "to_date", "as_of": "2016-12-31"},
            " 100000: read as of the year, by the model as until 2016-12-31",
        ),
        ({"scope": "全市"}, " 100000: read as the office's own, by the model as that of 全市"),
        (
            {"indicator": "narrative.replies.count", "label": "正文/申请答复数"},
            "read as 100000, by the model as 正文/申请答复数 100000",
        ),
    ],
)
def test_a_difference_says_what_differs(differing: dict[str, object], told: str) -> None:
    kept, (finding,) = with_claims([PRINTED], [said(**differing)], DOCUMENT)
    assert told in finding.message
    assert (kept[0].status, kept[0].accepted) == ("disputed", False)


def test_agreement_confirms_and_says_nothing() -> None:
    (kept,), findings = with_claims([PRINTED], [said()], DOCUMENT)
    assert (kept.status, kept.methods, findings) == ("verified", ("pattern", "model"), [])
