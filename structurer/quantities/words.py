"""The words round a number: what counts it, and what makes it more, less or about that."""

from __future__ import annotations

import re

from structurer.observation import Qualifier
from structurer.quantities.beside import left_of

# Lookaheads keep the first half of a longer word from being a classifier: 3处理决定, 12部门, 5起诉, 2本局.
_UNIT = (
    r"个(?:多?(?:月|小时)|工作日|百分点)?|[人件条场期批篇份班家户轮]次|人(?![大民均才])|条(?![例款目约])|件(?!件)"
    r"|次(?![要日年生序级])|篇(?![章幅])|期(?![间限望末])|项(?!目(?![标录的前]))|份(?!额)|宗(?![旨教])"
    r"|起(?!来(?![信访电])|草|点|步|始|止|诉(?!讼))|例(?!如|会(?!议)|行(?![政为]))|场(?![所地馆景])"
    r"|名(?![称额]|单(?![位独]))|位(?![数于置列])|[美欧港]元|元(?![旦素])|部(?![门分署委级队长直属曲位])"
    r"|本(?![级局部单地市区县省镇乡街办委厅校院年月季机条质着报次行科届人身系辖])|册|只(?![是有能要需针对涉在])"
    r"|封|通(?![过知报告道州话用常信讯行俗车])|批(?![准复示评量阅])|家(?![庭长子渠]|属(?![于地]))"
    r"|处(?![理罚置室长于分级])|户(?![籍口外主])|字(?![样体段号符])|所(?![有以在属需涉述示])|分钟|小时"
    r"|天(?![津河水门山])|课时|学时|套|张|块|幅|枚|辆|台(?!河)|则(?![是为])|集(?![中体团约])|支(?![持付出部队行撑])"
    r"|页(?!面)|笔(?![记者试])|轮(?![流番换训])|组(?![织长成建])|款(?!项)|[%‰]"
)
_UNIT_HEADS = (
    "个人件条场期批篇份班家户轮次项宗起例名位美欧港元部本册只封通处字所分小天课学"
    "套张块幅枚辆台则集支页笔组款%‰"
)
_YEARS = r"年(?![底初末终中级代度制版级前后]|以[来前后]| ?[0-9]{1,2} ?月)"
_AFTER = r"(?: ?(?P<after>以上|上下|左右|之多|有余|以内|以下))?"
DIGIT_TAIL = re.compile(
    r"(?: ?(?P<mid>[余多几]))?"
    r"(?P<times> ?(?:万亿|[百千]?万|[百千]?亿|千(?![米瓦克])|百(?![分强佳姓日科]))"
    r"(?:[0-9]{1,4}(?:\.[0-9]{1,4})?[百千]?万|[0-9]{1,4}[百千]|[0-9]{4}(?![0-9])){0,3})?"
    r"(?: ?(?P<more>[余多几]|来(?=[条件次人个篇项份场名家])|\+))?"
    rf"(?: {{0,3}}(?P<unit>{_UNIT}|{_YEARS}))?{_AFTER}"
)
CHARACTER_TAIL = re.compile(
    r"(?P<mid>[余多几])?(?P<times>[百千]?[万亿]|[百千])?(?P<more>[余多]|来(?=[条件次人个篇项份场名家]))?"
    rf"(?: {{0,3}}(?P<unit>{_UNIT}))?{_AFTER}"
)
_BEFORE = re.compile(
    r"(?:(?P<under>不足|不到|不满|少于|(?<!不)低于|(?:不|未)(?:超过|突破|多于|高于)|至多|最多|将近|接近"
    r"|(?<![最附邻临靠亲远就])近)"
    r"|(?P<about>大约|大概|近乎|(?<![合签预节制条公契违履守邀相特])约)"
    r"|(?P<at_least>至少|最少|不少于|不低于)"
    r"|(?P<over>(?<![不未])(?:超过|突破|多于|高于)|(?<![高赶反])超|逾))[了达到为计]? {0,2}\Z"
)
_BEFORE_ENDS = frozenset("足到满于过破多近乎约少超逾了达为计 ")
_AFTER_MEANS: dict[str, Qualifier] = {
    "以上": "at_least",
    "左右": "about",
    "上下": "about",
    "之多": "exact",
    "有余": "over",
    "以内": "under",
    "以下": "under",
}
DIGIT_TAIL_HEADS = frozenset(f"{_UNIT_HEADS}年余多几来百千万亿+以上左之有 -–—~至到\r\n")
CHARACTER_TAIL_HEADS = DIGIT_TAIL_HEADS - frozenset("年+\r\n")


def before(text: str, at: int) -> tuple[int, set[Qualifier]]:
    """Return where the qualifier words in front of offset `at` begin, and what they mean."""
    found: set[Qualifier] = set()
    for _ in range(2):
        if not at or text[at - 1] not in _BEFORE_ENDS:
            break
        left = left_of(text, at)
        words = _BEFORE.search(left)
        if words is None:
            break
        meanings: tuple[Qualifier, ...] = ("under", "about", "at_least", "over")
        found |= {meaning for meaning in meanings if words[meaning]}
        at -= len(left) - words.start()
    return at, found


def is_up_to(left: str, run: str) -> bool:
    """Tell whether 上 in front of a round number means "as many as": 上千, not 网上."""
    return run[0] in "百千万亿" and left[-1:] == "上" and left[-2:-1] not in tuple("网线以加成百会")


def merged(found: set[Qualifier]) -> Qualifier:
    """Merge what several words say: 近6000余 is both under and over, hence about."""
    if not found:
        return "exact"
    if len(found) == 1:
        return next(iter(found))
    return "over" if found == {"over", "at_least"} else "about"


def said_after(tail: re.Match[str]) -> set[Qualifier]:
    """Return what the words behind the number say."""
    found: set[Qualifier] = set()
    if tail["mid"] or tail["more"] in ("余", "多", "几", "+") or "多" in (tail["unit"] or ""):
        found.add("over")
    if tail["more"] == "来":
        found.add("about")
    if tail["after"]:
        found.add(_AFTER_MEANS[tail["after"]])
    return found - {"exact"}
