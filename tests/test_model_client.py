"""The client under fire: every fault is a state of one question, nothing is lost and nothing is paid twice."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import datetime, timedelta, timezone
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from benchmarks.endpoints import Endpoint
from benchmarks.endpoints import Reply as Hung
from structurer.cache import Cache
from structurer.errors import SettingsError
from structurer.model import Client, Reply
from structurer.model.answers import StatementItem
from structurer.model.blocking import run
from structurer.model.transport import Lane, Patience, duration, retry_after
from structurer.settings import Price, Settings
from structurer.store import open_store
from tests.questions import question
from tests.serving import KEY, Asked, Said, Serving, items, loopback, statement

pytestmark = loopback

QUICK = Patience(retries=3, backoff=0.01, longest=0.02, limited=5)
SEVENTEEN = statement("收到申请17件", "收到申请数", 17)
GOOD = items(SEVENTEEN)


def ask(serving: Serving, *, patience: Patience = QUICK, **given: Any) -> Reply:
    (reply,) = Client(serving.settings(**given), patience=patience).ask_all([question()])
    return reply


def numbers(reply: Reply) -> list[float]:
    return [item.number for leaf in reply.leaves() for item in leaf.items if isinstance(item, StatementItem)]


# --- the way there and back


@pytest.mark.parametrize(
    "fault",
    [
        Said(status=500),
        Said(status=503, headers={"retry-after": "0.01"}),
        Said(status=429, headers={"retry-after-ms": "10"}),
        Said(status=429),
        Said(status=408),
        Said(cut=True),
        Said(raw=b"<html>bad gateway</html>"),
        Said(raw=b"{}", status=502),
        Said(delay=0.6),
    ],
)
def test_a_fault_that_passes_costs_one_more_call(fault: Said) -> None:
    with Serving(fault, GOOD) as serving:
        reply = ask(serving, timeout=0.3)
    assert (reply.state, numbers(reply), reply.usage.calls) == ("answered", [17], 2)
    assert serving.asked[0].body == serving.asked[1].body


def test_a_fault_that_stays_is_a_state() -> None:
    with Serving(answer=lambda _: Said(status=500)) as serving:
        reply = ask(serving)
    assert (reply.state, reply.usage.calls, reply.lasting) == ("failed", 4, False)
    assert "500" in reply.reason


def test_limits_use_up_no_retry() -> None:
    storm = [Said(status=429, headers={"retry-after-ms": "5"}) for _ in range(20)]
    with Serving(*storm, GOOD) as serving:
        reply = ask(serving)
    assert (reply.state, reply.usage.calls) == ("answered", 21)


def test_a_storm_without_end_ends_with_patience() -> None:
    with Serving(answer=lambda _: Said(status=429, headers={"retry-after-ms": "20"})) as serving:
        reply = ask(serving, patience=Patience(limited=0.1))
    assert reply.state == "failed"
    assert "wait" in reply.reason


def test_a_proxy_is_asked_where_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with Serving(GOOD) as serving:
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, serving.url.removesuffix("/v1"))
        reply = ask(serving, base_url=SecretStr("http://model.invalid/v1"))
    assert numbers(reply) == [17]
    assert serving.asked[0].path == "http://model.invalid/v1/chat/completions"


def made_for_loopback(place: Path) -> Path:
    """A key and a certificate that nobody has signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    begins = datetime.now(timezone.utc) - timedelta(hours=1)
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    place.write_bytes(key.private_bytes(*plain) + made.public_bytes(Encoding.PEM))
    return place


def test_an_endpoint_that_is_not_trusted_is_told_no_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = made_for_loopback(tmp_path / "endpoint.pem")
    with Serving(GOOD, pem=pem) as serving:
        client = Client(serving.settings(), patience=QUICK)
        (reply,) = client.ask_all([question()])
        assert (reply.state, serving.asked) == ("failed", [])
        assert "SSL_CERT_FILE" in client.problem
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        assert numbers(ask(serving)) == [17]


@pytest.mark.parametrize(
    "fault",
    [
        Said(status=401, error={"message": "no such key"}),
        Said(status=404, error={"message": "no such model"}),
        Said(status=429, error={"message": "pay", "code": "insufficient_quota"}),
    ],
)
def test_an_endpoint_that_turns_us_away_is_left_alone(fault: Said) -> None:
    with Serving(answer=lambda _: fault) as serving:
        client = Client(serving.settings(concurrency=1), patience=QUICK)
        replies = client.ask_all([question(f"收到申请{n}件") for n in range(5)])
    assert len(serving.asked) == 1
    assert str(fault.error["message"]) in client.problem
    assert [reply.state for reply in replies] == ["failed", *["unasked"] * 4]
    assert not any(reply.lasting for reply in replies)


def test_an_endpoint_that_is_gone_is_left_alone() -> None:
    with Serving() as serving:
        settings = serving.settings(concurrency=1)
    client = Client(settings, patience=Patience(retries=1, backoff=0.001))
    replies = client.ask_all([question(f"收到申请{n}件") for n in range(9)])
    assert sorted(reply.state for reply in replies) == [*["failed"] * 5, *["unasked"] * 4]
    assert "5 calls in a row" in client.problem
    assert client.problem.endswith("the connection failed")


def test_what_was_wrong_with_the_way_is_named() -> None:
    once = Patience(retries=0)
    with Serving(answer=lambda _: Said(delay=0.6)) as serving:
        assert ask(serving, patience=once, timeout=0.3).reason == "no answer in time"
    with Serving(answer=lambda _: Said(cut=True)) as serving:
        assert ask(serving, patience=once).reason == "the connection failed"
    with Endpoint(lambda _: Hung(cut=0)) as endpoint:
        settings = Settings(model="fake", provider="openai", base_url=endpoint.base_url, api_key=KEY)
        (reply,) = Client(settings, patience=once).ask_all([question()])
        assert reply.reason == "the connection failed"


def test_one_bad_chunk_costs_one_chunk() -> None:
    def answer(asked: Asked) -> Said:
        return Said("nonsense") if "收到申请3件" in asked.text else GOOD

    with Serving(answer=answer) as serving:
        replies = Client(serving.settings(), patience=QUICK).ask_all(
            [question(f"收到申请{n}件") for n in range(6)]
        )
    assert [reply.state for reply in replies] == [*["answered"] * 3, "garbled", *["answered"] * 2]


def test_concurrency_keeps_to_its_limit_and_shrinks_under_a_limit() -> None:
    def answer(asked: Asked) -> Said:
        slow = serving.at_once > 2
        return Said(status=429, headers={"retry-after-ms": "5"}) if slow else Said(GOOD.text, delay=0.01)

    with Serving(answer=answer) as serving:
        client = Client(serving.settings(concurrency=8), patience=QUICK)
        replies = client.ask_all([question(f"收到申请{n}件") for n in range(24)])
    assert {reply.state for reply in replies} == {"answered"}
    assert serving.most_at_once <= 8
    assert client._carrier.lane.width < 8


def test_the_lane_halves_once_a_round_and_grows_again() -> None:
    lane = Lane(16)
    began = time.monotonic()
    for _ in range(5):
        lane.shrink(began, 0)
    assert lane.width == 8
    for _ in range(200):
        lane.grow()
    assert lane.width == 16


def test_an_announced_limit_is_met_before_it_is_run_into() -> None:
    used_up = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "150ms"}
    with Serving(Said(GOOD.text, headers=used_up), GOOD) as serving:
        client = Client(serving.settings(concurrency=1), patience=QUICK)
        began = time.monotonic()
        client.ask_all([question("收到申请1件"), question("收到申请2件")])
    assert time.monotonic() - began > 0.15


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "3"}, 3),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        ({"retry-after": "soon"}, None),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "1m30s"}, 90),
        ({"x-ratelimit-remaining-tokens": "5", "x-ratelimit-reset-tokens": "1m30s"}, None),
        ({}, None),
    ],
)
def test_what_headers_ask_for(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_durations() -> None:
    assert [duration(text) for text in ("1s", "6m0s", "12", "1h", "x", "1x", "")] == [
        1,
        360,
        12,
        3600,
        None,
        None,
        None,
    ]


# --- what comes back


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (Said("", refusal="no"), "refused"),
        (Said("", finish="content_filter"), "refused"),
        (Said(""), "empty"),
        (Said("  \n "), "empty"),
        (Said("[" * 100_000), "garbled"),
        (Said('{"items": 3}'), "garbled"),
        (Said("null"), "garbled"),
    ],
)
def test_answers_that_are_none(said: Said, state: str) -> None:
    with Serving(answer=lambda _: said) as serving:
        reply = ask(serving)
    assert reply.state == state
    assert reply.items == ()
    assert reply.usage.calls == (2 if state == "garbled" else 1)


LONG = "全年收到申请17件。" + "做好公开工作" * 20 + "。办结申请16件。"


def test_half_a_character_in_an_answer_harms_nothing(tmp_path: Path) -> None:
    whole = items(SEVENTEEN).text
    body = {"choices": [{"index": 0, "finish_reason": "stop", "message": {"content": whole + " \ud83d"}}]}
    said = Said(raw=json.dumps(body).encode())
    with Serving(said) as serving, open_store("sqlite://") as store, Cache(tmp_path) as cache:
        client = Client(serving.settings(), shelves=[store.journal(), cache], patience=QUICK)
        (reply,) = client.ask_all([question()])
    assert numbers(reply) == [17]


def test_a_truncated_answer_is_asked_for_in_halves() -> None:
    def answer(asked: Asked) -> Said:
        if "17" in asked.text and "16" in asked.text:
            return Said(GOOD.text[:40], finish="length")
        return GOOD if "17" in asked.text else items(statement("办结申请16件", "申请办结数", 16))

    with Serving(answer=answer) as serving:
        (reply,) = Client(serving.settings(), patience=QUICK).ask_all([question(LONG)])
    assert reply.state == "divided"
    assert sorted(numbers(reply)) == [16, 17]
    assert len(serving.asked) == 3
    assert len({asked.text for asked in serving.asked}) == 3


@pytest.mark.parametrize("text", ['{"items":[' + " " * 500, " \n" * 300])
def test_endless_blank_space_is_known_for_what_it_is(text: str) -> None:
    with Serving(answer=lambda _: Said(text, finish="length")) as serving:
        (reply,) = Client(serving.settings(), patience=QUICK).ask_all([question("收到申请17件")])
    assert reply.state == "endless"
    assert len(serving.asked) == 1


def test_a_wait_for_the_endpoint_is_told_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("structurer.model.transport._LONG", 0.02)
    storm = [Said(status=429, headers={"retry-after-ms": "20"}) for _ in range(6)]
    with Serving(*storm, GOOD) as serving:
        assert ask(serving).state == "answered"
    told = [record.getMessage() for record in caplog.records if record.name == "structurer.model"]
    assert told == ["the model's endpoint asks to wait; waiting, up to 5 s"]


def test_one_that_goes_on_refusing_is_asked_less_and_less() -> None:
    with Serving(answer=lambda _: Said(status=429, headers={"retry-after-ms": "1"})) as serving:
        reply = ask(serving, patience=Patience(backoff=0.05, longest=0.4, limited=1.5))
    assert reply.state == "failed"
    assert len(serving.asked) < 15


def test_every_request_is_counted_however_a_call_ends() -> None:
    """Failures before a refusal, and requests put differently before one, are requests too."""
    with Serving(Said(status=500), Said(status=500), Said(status=401)) as serving:
        reply = ask(serving)
    assert (reply.state, reply.usage.calls, len(serving.asked)) == ("failed", 3, 3)
    unknown = Said(status=400, error={"message": "response_format", "param": "response_format"})
    with Serving(Said(status=503), unknown, Said(status=503), GOOD) as serving:
        reply = ask(serving)
    assert (reply.state, reply.usage.calls, len(serving.asked)) == ("answered", 4, 4)


def test_a_key_that_is_repeated_in_an_error_goes_no_further() -> None:
    said = Said(status=401, error={"message": f"Incorrect API key provided: {KEY[:8]}****. And '{KEY}'!"})
    with Serving(said) as serving:
        reply = ask(serving)
    assert "Incorrect API key" in reply.reason
    assert KEY[:8] not in reply.reason
    assert "OPENAI_API_KEY" in reply.reason


def test_halving_comes_to_an_end() -> None:
    with Serving(answer=lambda _: Said('{"items":[', finish="length")) as serving:
        (reply,) = Client(serving.settings(), patience=QUICK).ask_all([question(LONG)])
    assert {leaf.state for leaf in reply.leaves()} == {"truncated"}
    assert len(serving.asked) < 16


def test_only_what_is_malformed_is_asked_again() -> None:
    bad = {**statement("办结16件", "不存在的指标", 16), "number": "许多"}
    with Serving(items(SEVENTEEN, bad), items(statement("办结16件", "申请办结数", 16))) as serving:
        reply = ask(serving)
    assert sorted(numbers(reply)) == [16, 17]
    assert (reply.usage.calls, reply.dropped) == (2, 0)
    again = serving.asked[1].body["messages"]
    assert len(again) == 3
    told = again[2]["content"]
    assert "不存在的指标" in told
    assert "indicator" in told
    assert "number" in told
    assert "收到申请17件" not in told
    assert "pydantic.dev" not in told


def test_what_stays_malformed_is_counted() -> None:
    bad = {**SEVENTEEN, "indicator": "不存在的指标"}
    with Serving(items(SEVENTEEN, bad), items(bad)) as serving:
        reply = ask(serving)
    assert (numbers(reply), reply.dropped, reply.usage.calls) == ([17], 1, 2)


def test_numbers_that_came_as_text_are_read() -> None:
    with Serving(items({**SEVENTEEN, "number": "3,294"}, {**SEVENTEEN, "number": "两万"})) as serving:
        reply = ask(serving)
    assert (numbers(reply), reply.usage.calls) == ([3294, 20000], 1)


# --- budgets


def test_a_budget_of_tokens_is_checked_before_it_is_spent() -> None:
    with Serving(answer=lambda _: GOOD) as serving:
        client = Client(serving.settings(max_tokens=2000, concurrency=4), patience=QUICK)
        replies = client.ask_all([question(f"收到申请{n}件") for n in range(20)])
    states = [reply.state for reply in replies]
    assert 0 < states.count("answered") < 20
    assert set(states) == {"answered", "unasked"}
    used = client.ledger.usage
    assert used.prompt_tokens + used.completion_tokens <= 2000 + 4 * 400
    assert "max_tokens of 2,000" in client.ledger.stopped


def test_a_budget_of_money() -> None:
    prices = {"test-model": Price(input=1000, output=1000)}
    with Serving(answer=lambda _: GOOD) as serving:
        client = Client(serving.settings(max_cost=2.0, prices=prices, concurrency=1), patience=QUICK)
        replies = client.ask_all([question(f"收到申请{n}件") for n in range(9)])
    assert {reply.state for reply in replies} == {"answered", "unasked"}
    assert client.ledger.usage.cost is not None
    assert client.ledger.usage.cost <= 2.0


def test_a_budget_of_money_needs_a_price() -> None:
    with Serving() as serving, pytest.raises(SettingsError, match=r'\[prices\."test-model"\]'):
        Client(serving.settings(max_cost=1))


def test_asking_again_keeps_to_the_budget() -> None:
    with Serving(answer=lambda _: Said("nonsense")) as serving:
        client = Client(serving.settings(max_tokens=900), patience=QUICK)
        (reply,) = client.ask_all([question()])
    assert len(serving.asked) == 1
    assert reply.state == "garbled"


def test_failed_attempts_are_on_the_account() -> None:
    with Serving(Said(status=500), Said("nonsense"), GOOD) as serving:
        reply = ask(serving, prices={"test-model": Price(input=1, output=2)})
    assert reply.usage.calls == 3
    assert reply.usage.prompt_tokens > 2 * 300
    assert reply.usage.cost == pytest.approx(
        (reply.usage.prompt_tokens + 2 * reply.usage.completion_tokens) / 1e6
    )


def test_an_endpoint_that_does_not_count_is_counted_here() -> None:
    with Serving(Said(GOOD.text, usage=False)) as serving:
        reply = ask(serving)
    assert reply.usage.prompt_tokens > 200
    assert reply.usage.completion_tokens > 20


# --- asked once


def test_what_was_answered_is_not_asked_again(tmp_path: Path) -> None:
    with Serving(GOOD) as serving, Cache(tmp_path) as cache:
        for cached in (0, 1):
            client = Client(serving.settings(), shelves=[cache])
            assert client.known(question()) == bool(cached)
            (reply,) = client.ask_all([question()])
            assert numbers(reply) == [17]
            assert reply.usage.cached_calls == cached
        assert (reply.usage.calls, reply.usage.prompt_tokens, reply.usage.cost) == (0, 0, None)
    assert len(serving.asked) == 1


@pytest.mark.parametrize("said", [Said("", refusal="no"), Said("nonsense"), Said(status=500), Said("")])
def test_failures_are_not_kept_as_answers(said: Said, tmp_path: Path) -> None:
    with Serving(answer=lambda _: said) as serving, Cache(tmp_path) as cache:
        Client(serving.settings(), shelves=[cache], patience=QUICK).ask_all([question()])
        assert cache.stats().answers == 0


def test_the_same_question_at_the_same_time_is_sent_once() -> None:
    with Serving(answer=lambda _: Said(GOOD.text, delay=0.05)) as serving:
        client = Client(serving.settings())
        replies = client.ask_all([question() for _ in range(5)])
    assert len(serving.asked) == 1
    assert [numbers(reply) for reply in replies] == [[17]] * 5
    assert client.ledger.usage.calls == 1
    assert sum(reply.usage.calls for reply in replies) == 1


def test_it_works_inside_a_running_loop() -> None:
    async def inside() -> Reply:
        (reply,) = Client(serving.settings()).ask_all([question()])
        return reply

    with Serving(GOOD) as serving:
        assert asyncio.run(inside()).state == "answered"


def test_an_error_inside_comes_out() -> None:
    async def fail() -> None:
        raise ValueError("x")

    async def inside() -> None:
        run(fail())

    with pytest.raises(ValueError, match="x"):
        asyncio.run(inside())


def test_an_estimate_is_what_is_then_used() -> None:
    import bpe_openai

    count = bpe_openai.get_encoding("o200k_base").encode_ordinary

    def answer(asked: Asked) -> Said:
        return GOOD

    asking = [question(f"全年收到申请{n}件，办结16件。" * 5) for n in range(8)]
    with Serving(answer=answer) as serving:
        client = Client(serving.settings())
        estimate = client.estimate(asking)
        assert serving.asked == []
        client.ask_all(asking)
        sent = sum(len(count(one["content"])) for asked in serving.asked for one in asked.body["messages"])
    assert estimate.calls == len(serving.asked) == 8
    assert estimate.prompt_tokens == pytest.approx(sent, rel=0.1)
