"""Reports that tell their figures in words no pattern was written for: what is left to a model.

Every sentence is invented. The truth is made first, as in benchmarks.corpus, and its sentences come in
an order of their own with traps between them: last year's figure, a month's, somebody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

from benchmarks.corpus.prose import office
from benchmarks.sources import Source
from structurer.evaluate import Gold, Statement


class Said(NamedTuple):
    """One figure of a sentence: its row, its token, the words right before it, and how it is meant."""

    row: str
    value: int
    anchor: str
    unit: str = "件"
    period: str = "year"
    scope: str | None = None

    def statement(self) -> Statement:
        """As gold has it."""
        return Statement(
            indicator=f"narrative.{self.row}.count",
            value=self.value,
            unit=self.unit,
            period=self.period,  # type: ignore[arg-type]
            scope=self.scope,
            token=str(self.value),
            anchor=self.anchor,
        )


Sentence = Callable[[Random], tuple[str, list[Said]]]


def _n(rng: Random) -> int:
    return rng.choice((rng.randint(1, 30), rng.randint(31, 999), rng.randint(1_000, 9_999)))


def _one(text: str, row: str, unit: str, **given: str) -> Sentence:
    """A sentence with one figure at `{}`; its anchor is what stands before it."""

    def said(rng: Random) -> tuple[str, list[Said]]:
        value = _n(rng)
        anchor = text.partition("{}")[0]
        return text.format(value), [Said(row, value, anchor, unit, **given)]

    return said


def _asked(rng: Random) -> tuple[str, list[Said]]:
    letters, online = _n(rng), _n(rng)
    text = f"申请人寄来的信函里有公开申请{letters}件，从网上递来的公开申请{online}件，"
    return f"{text}合起来的公开申请是{letters + online}件。", [
        Said("applications_received_letter", letters, "信函里有公开申请"),
        Said("applications_received_online", online, "网上递来的公开申请"),
        Said("applications_received", letters + online, "合起来的公开申请是"),
    ]


def _court(rng: Random) -> tuple[str, list[Said]]:
    upheld, corrected = rng.randint(1, 9), rng.randint(1, 9)
    return (
        f"不服答复而来的复议{upheld + corrected}件，其中站在我方的{upheld}件，要我方改过的{corrected}件。",
        [
            Said("reconsiderations", upheld + corrected, "不服答复而来的复议"),
            Said("reconsiderations_upheld", upheld, "站在我方的"),
            Said("reconsiderations_corrected", corrected, "要我方改过的"),
        ],
    )


def _proposals(rng: Random) -> tuple[str, list[Said]]:
    one, other = _n(rng), _n(rng)
    return f"代表们提来的建议，到手{one}件；委员们提来的提案，到手{other}件，逐件回了信。", [
        Said("npc_suggestions", one, "代表们提来的建议，到手"),
        Said("cppcc_proposals", other, "委员们提来的提案，到手"),
    ]


def _hands(rng: Random) -> tuple[str, list[Said]]:
    full, part = rng.randint(1, 9), rng.randint(1, 40)
    return f"守着这摊事的，专职的有{full}名，兼职的有{part}名。", [
        Said("staff_full_time", full, "专职的有", "名"),
        Said("staff_part_time", part, "兼职的有", "名"),
    ]


_SENTENCES: tuple[Sentence, ...] = (
    _one("一年下来，借门户网站同公众见面的政府信息有{}条之多。", "disclosed_website", "条"),
    _one("走进课堂听政务公开培训的同志，点下来有{}人次。", "trainees", "人次"),
    _one("政务公开的培训，前后办了{}期才收尾。", "trainings", "期"),
    _one("记者们应邀来听新闻发布会，前后{}次。", "press_conferences", "次"),
    _one("微博账号上同粉丝见面的消息，数下来{}条。", "disclosed_weibo", "条"),
    _one("公众号里推给订阅者的图文，数下来{}条。", "disclosed_wechat", "条"),
    _one("配着政策一起端出来的解读稿，共写了{}篇。", "interpretations", "篇"),
    _one("留言板上的提问，有{}条得到了回音。", "consultations_answered", "条"),
    _one("群众为信息公开写来的举报，拆开{}件。", "complaints", "件"),
    _one("因信息公开走上法庭的诉讼，应对了{}起。", "litigations", "起"),
    _one("供人翻看文件的查阅点，在街巷里落下{}处。", "reading_points", "处"),
    _one("为政府信息公开把各科室叫到一起的工作会，开了{}次。", "meetings", "次"),
    _one("信访室接过的来信来访，翻台账是{}件。", "petitions", "件"),
    _one("报纸肯给版面登的公开信息，剪报本里有{}篇。", "disclosed_newspaper", "篇"),
    _one("短视频账号里讲政策的片子，放出{}条。", "disclosed_short_video", "条"),
    _asked,
    _court,
    _proposals,
    _hands,
)
_TRAPS: tuple[Sentence, ...] = (
    _one("翻看上一年的账，网站上的信息只有{}条。", "disclosed_website", "条", period="previous_year"),
    _one("按月摊开看，网站每月上新{}条。", "disclosed_website", "条", period="month"),
    lambda rng: (f"值班电话末四位仍是{rng.randint(1000, 9999)}，门牌号仍是{rng.randint(10, 99)}号。", []),
    lambda rng: (f"旧制度第{rng.randint(2, 30)}条已经停用，新制度写满{rng.randint(3, 90)}页。", []),
    lambda rng: ("各科室把公开当成家常便饭，遇事先问一句能不能公开。", []),
)


def sources(count: int, seed: int = 0) -> Iterator[Source]:
    """That many reports, the same for the same seed."""
    for index in range(count):
        rng = Random(f"unusual {seed} {index}")
        who = office("statistics-2014", rng)
        chosen = [*rng.sample(_SENTENCES, 9), *rng.sample(_TRAPS, 3)]
        rng.shuffle(chosen)
        told = [sentence(rng) for sentence in chosen]
        parts = [told[:4], told[4:8], told[8:]]
        headings = ("一、主动公开情况", "二、依申请公开情况", "三、工作保障情况")
        body = [
            f"{heading}\n" + "\n".join(text for text, _ in part)
            for heading, part in zip(headings, parts, strict=True)
        ]
        text = "\n".join((who.title, who.printed_date, *body)) + "\n"
        name = f"unusual-{seed}-{index:04d}.txt"
        gold = Gold(
            path=name,
            statements=tuple(said.statement() for _, figures in told for said in figures),
            metadata={"agency": who.agency, "year": who.year},
        )
        yield Source(name, text.encode(), gold)
