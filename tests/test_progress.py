"""Where an import stands, on one line; kinds of answers made anew say the same as their forms do."""

from __future__ import annotations

import json
import pickle

import pytest

from structurer.bulk import Summary
from structurer.console.progress import duration, progress_text
from structurer.model.answers import PROBLEMS, fields, rows_of_table, statements
from structurer.model.parse import parse
from structurer.model.question import Question
from structurer.model.reply import Reply
from structurer.model.strict import strict_schema, written
from structurer.observation import Usage
from tests.questions import NAMES as NAMES_ASKED
from tests.questions import question


def test_everything_worth_knowing_is_on_the_line() -> None:
    summary = Summary(
        imported=900,
        unchanged=80,
        failed=20,
        accepted=95,
        statuses={"verified": 90, "ambiguous": 10},
        failures={"crashed": 1, "not-a-report\x1b[31m": 19},
        seconds=100.0,
        usage=Usage(calls=7, prompt_tokens=1000, completion_tokens=234, cost=0.5),
    )
    assert progress_text(summary, 3000) == (
        "1,000 of 3,000 files · 10.0/s · 3 min left · 7 calls, 1,234 tokens, cost 0.5000 · 80 unchanged"
        " · 95.0% accepted (verified 90 ambiguous 10) · failed: 19 not-a-report\\x1b[31m, 1 crashed"
    )
    assert progress_text(Summary(imported=1, seconds=1.0)) == "1 files · 1.0/s"
    assert "stopping" in progress_text(Summary(imported=1, seconds=1.0, stopped=True), 5)


@pytest.mark.parametrize(("seconds", "said"), [(5, "5 s"), (150, "2 min"), (12_000, "3 h 20 min")])
def test_durations(seconds: float, said: str) -> None:
    assert duration(seconds) == said


NAMES = tuple(f"第{number}项" for number in range(6))


@pytest.mark.parametrize("count", [1, 2, 6])
def test_a_schema_that_is_filled_in_is_the_one_that_would_be_written(count: int) -> None:
    for answer in (statements(NAMES[:count]), rows_of_table(NAMES[:count], "数字"), fields(NAMES[:count])):
        assert json.dumps(strict_schema(answer)) == json.dumps(written(answer.model()))
    assert strict_schema(PROBLEMS) == written(PROBLEMS.model())


def test_questions_and_replies_travel_between_processes() -> None:
    asked = question()
    again: Question = pickle.loads(pickle.dumps(asked))
    assert (again.chunk, again.limit, again.document) == (asked.chunk, asked.limit, asked.document)
    assert strict_schema(again.answer) == strict_schema(asked.answer)
    item = {
        "quote": "收到申请17件",
        "indicator": NAMES_ASKED[0],
        "number": 17,
        "unit": "件",
        "qualifier": "确数",
        "period": "本年",
        "scope": "",
    }
    parsed = parse(json.dumps({"items": [item]}), asked.answer)
    assert len(parsed.items) == 1
    sent = Reply(asked, "answered", parsed.items, 2, Usage(calls=1), "why")
    reply: Reply = pickle.loads(pickle.dumps(sent))
    assert [one.model_dump() for one in reply.items] == [one.model_dump() for one in parsed.items]
    assert (reply.state, reply.dropped, reply.usage, reply.reason) == ("answered", 2, Usage(calls=1), "why")
