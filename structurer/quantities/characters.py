"""Numbers in characters: those that count something, told from words that are made of them."""

from __future__ import annotations

import re

from structurer.numerals import CHARACTERS, is_han
from structurer.quantities.beside import RANGE, is_led, is_numeral, left_of, past
from structurer.quantities.building import built
from structurer.quantities.quantity import Step
from structurer.quantities.words import CHARACTER_TAIL, CHARACTER_TAIL_HEADS, before, is_up_to

_RUN = re.compile(f"[{CHARACTERS}]+")
# Classifiers that a single numeral may count with; others make words of it: 三元区, 一本, 四通八达.
_SINGLE = {
    *"次条件篇期个项份宗起例场人名位册只封家批户所轮天部则幅辆",
    *("小时", "分钟", "个月", "个小时", "个工作日", "人次", "件次", "条次", "场次", "期次", "批次", "篇次"),
    *("份次", "班次", "家次", "户次", "轮次"),
}
# 一个, 一批 mean "a", "some".
_ONE_NEVER = {"个", "批", "部", "天", "个月", "个小时", "个工作日", "批次"}
_ONE_BEFORE = frozenset("每这那某同另各任哪何唯单首再又统第逐万进独专之周期不新无跑只划归合")
_ONE_CASE = re.compile(r"(?:收到|接到|受理|发生|办理|办结)了?\Z")
_WORDS = re.compile(
    r"一次(?:[性次又办告通都也跑清就])|一条(?:[龙心街线鞭]|主线|战线)|一件[件事一]|一项[项重长基系复]|一[人名][一多兼]"
    r"|一[户家企份场篇封]一|一家[人子]|无一例外|二[次期]|[两三]次(?:产业|分配)|三件(?:套|大事)|三位一体|三项制度|八项规定"
    r"|两条[线腿]|两个(?:维护|确立|务必|毫不|一百年|覆盖)|四个(?:意识|自信|全面|伟大|最严|短板)|三个(?:代表|务必|清单)"
    r"|[三四五六七八九十]个(?:[一有不]|必须|严禁)|四家子|五家渠|七台河|百分|千分|万分|十分|零[件售]"
)
_QUOTES = frozenset("“‘\"'「『《〈")


def characters(text: str, at: int) -> Step:
    """Read the run of numeral characters at offset `at`, with the words round it."""
    end = past(_RUN, text, at)
    if end - at == 1 and text[at] not in "百千万亿零〇" and text[end : end + 1] not in CHARACTER_TAIL_HEADS:
        return end, ()
    tail = CHARACTER_TAIL.match(text, end)
    assert tail is not None  # every part is optional
    apart = RANGE.match(text, end) or RANGE.match(text, tail.end())
    if apart and end - at <= 4:
        return apart.end(), ()
    if end - at > 20 or not _is_stated(text, at, end, tail):
        return end, ()
    return built(text, at, end, tail)


def _is_stated(text: str, at: int, end: int, tail: re.Match[str]) -> bool:
    """Tell whether the run `text[at:end]` counts something here, rather than being part of a word."""
    run, left = text[at:end], left_of(text, at)
    previous = left[-1:]
    if (
        is_numeral(text[max(0, at - 3) : at], -1)
        or is_numeral(text[end : end + 3], 0)
        or previous in _QUOTES
        or is_led(text, at)
    ):
        return False
    if previous in ("数", "几") or _WORDS.match(text, at):
        return False
    if run in ("零", "〇") and previous in ("为", "是") and tail.end() == end:
        return not is_han(text[end : end + 1])
    if len(run) == 1 and run not in "百千万亿":
        return _single_counts(run, left, tail)
    if not any(char in "十百千万亿" for char in run):
        return False
    qualified = bool(tail["mid"] or tail["more"] or before(text, at)[1] or is_up_to(left, run))
    if tail["unit"]:
        return len(run) > 1 or qualified
    return qualified and not is_han(text[tail.end() : tail.end() + 1])


def _single_counts(run: str, left: str, tail: re.Match[str]) -> bool:
    """Tell whether one numeral character and its classifier count: 两次, 一名; not 一个, 每一项."""
    unit = tail["unit"]
    if unit not in _SINGLE:
        return run == "十" and bool(tail["mid"] or tail["more"]) and unit is not None
    if run != "一":
        return True
    if unit == "起":
        return bool(_ONE_CASE.search(left))
    if unit == "项" and left[-1:] in ("为", "是"):
        return False
    return unit not in _ONE_NEVER and left[-1:] not in _ONE_BEFORE
