"""Numbers in Chinese text: finds the quantities stated, each with its value, qualifier and unit.

Precision comes first: what could also be a date, a code, a range or half of a damaged number is left out.
Whether a sentence negates a quantity (未发生一起) or states it for a month is for its reader to ask.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

from structurer.numerals import CHARACTERS, LITERAL, folded, is_han, read_spoken, whole

Qualifier = Literal["exact", "over", "under", "about", "at_least"]


class Quantity(NamedTuple):
    """One quantity: where it stands, what it says."""

    start: int
    """First character of qualifier words, number and unit together (half-open span)."""
    end: int
    number: tuple[int, int]
    """Span of the numeral alone: digits, separators, multipliers (and a 余 caught between them)."""
    value: int | float
    """Counts with 万 and 亿 multiplied in; money in the printed unit (3万元 is 3 万元)."""
    qualifier: Qualifier
    unit: str
    """The classifier as printed, in simplified characters; empty when there is none."""


# --- words round a number ---

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
_AFTER = r"(?: ?(?P<after>以上|左右|之多|有余|以内|以下))?"
_DIGIT_TAIL = re.compile(
    r"(?: ?(?P<mid>[余多几]))?"
    r"(?P<times> ?(?:万亿|[百千]?万|[百千]?亿|千(?![米瓦克])|百(?![分强佳姓日科]))"
    r"(?:[0-9]{1,4}(?:\.[0-9]{1,4})?[百千]?万|[0-9]{1,4}[百千]|[0-9]{4}(?![0-9])){0,3})?"
    r"(?: ?(?P<more>[余多几]|来(?=[条件次人个篇项份场名家])|\+))?"
    rf"(?: {{0,3}}(?P<unit>{_UNIT}|{_YEARS}))?{_AFTER}"
)
_CN_TAIL = re.compile(
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
    "之多": "exact",
    "有余": "over",
    "以内": "under",
    "以下": "under",
}
_WINDOW = 12  # characters looked at to the left of a number; the longest word there has eight


def _left(text: str, at: int) -> str:
    return text[max(0, at - _WINDOW) : at]


def _before(text: str, at: int) -> tuple[int, set[Qualifier]]:
    """Return where the qualifier words in front of offset `at` begin, and what they mean."""
    found: set[Qualifier] = set()
    for _ in range(2):
        if not at or text[at - 1] not in _BEFORE_ENDS:
            break
        left = _left(text, at)
        words = _BEFORE.search(left)
        if words is None:
            break
        meanings: tuple[Qualifier, ...] = ("under", "about", "at_least", "over")
        found |= {meaning for meaning in meanings if words[meaning]}
        at -= len(left) - words.start()
    return at, found


def _settled(found: set[Qualifier]) -> Qualifier:
    """Merge what several words say: 近6000余 is both under and over, hence about."""
    if not found:
        return "exact"
    if len(found) == 1:
        return next(iter(found))
    return "over" if found == {"over", "at_least"} else "about"


# --- scanning ---

_HEAD = re.compile(f"[0-9A-Za-z第{CHARACTERS}]")
_WORD = re.compile(r"[0-9A-Za-z_@](?:[0-9A-Za-z_@./?=&%#~-]|:(?=//))*")
_ORDINAL = re.compile(
    rf"第+(?: {{0,2}}[(]? {{0,2}}(?:[0-9]+|[{CHARACTERS}]+)[条项款章]?"
    rf"(?: {{0,2}}[、和及与至到-] {{0,2}}第?(?:[0-9]+|[{CHARACTERS}]+)[条项款章]?)*)?"
)
# Digits joined by what makes them one thing: date, time, phone, range, row of cells, broken number.
_CLUSTER = re.compile(r"[0-9]+(?:(?: ?[-–—‐~/:*×·'’] ?|\.[ \n]?|,\n?| {1,4}|\r?\n|[至到] ?)[0-9]+)*")
_LISTED = re.compile(r"[0-9]{1,15}(?:,[0-9]{1,15}){1,7}")
_THREE = re.compile(r",[0-9]{3}(?![0-9])")
_CN_RUN = re.compile(f"[{CHARACTERS}]+")
_RANGE = re.compile(rf" ?[-–—~至到] ?(?:[0-9][0-9.,]*|[{CHARACTERS}]+)[百千万亿余多几]*")
_WRAPPED = re.compile(r" *\r?\n *[百千万亿余]")
_DATED = re.compile(r"\s{0,3}[年月日号时]")
_IDENTIFIER = re.compile(r"1[3-9][0-9]{9}|123[0-9]{2}|[0-9]{12,}")  # a mobile, a hotline, too long to count
_CODES = (
    *(
        "邮编",
        "邮政编码",
        "电话",
        "传真",
        "手机",
        "热线",
        "平台",
        "拨打",
        "编号",
        "号码",
        "编码",
        "代码",
        "识码",
    ),
    *("索引号", "备案", "备案号", "文号", "证号", "账号", "帐号", "微信号", "QQ", "QQ群"),
)
_HOTLINES = ("热线", "平台", "市长", "便民", "政务服务", "拨打")
_FRAMES = frozenset(("()", "[]", "〔〕", "【】"))
_DASHES = ("-", "—", "–")
_FRONTS = ("+", "之", ".")
_GLUE = ("@", "_", "+")
_ENUMERATES = (".", "、", ")", "]", " ")
_TAIL_HEADS = frozenset(f"{_UNIT_HEADS}年余多几来百千万亿+以左之有 -–—~至到\r\n")
_CN_TAIL_HEADS = _TAIL_HEADS - frozenset("年+\r\n")
_FRACTIONAL = {
    "",
    "元",
    "万元",
    "亿元",
    "美元",
    "欧元",
    "港元",
    "%",
    "‰",
    "小时",
    "个小时",
    "分钟",
    "天",
    "个百分点",
}

_Step = tuple[int, tuple[Quantity, ...]]


def quantities(text: str, start: int = 0, end: int | None = None) -> Iterator[Quantity]:
    """Yield the quantities stated in `text[start:end]`, in order and without overlap.

    Offsets refer to `text`. The piece is read as if it stood alone; time is linear in its length.
    """
    start, end, _ = slice(start, end).indices(len(text))
    piece = folded(text[start:end])
    at = 0
    while head := _HEAD.search(piece, at):
        at, found = _step(piece, head.start())
        for quantity in found:
            yield _moved(quantity, start) if start else quantity


def _moved(found: Quantity, by: int) -> Quantity:
    number = (found.number[0] + by, found.number[1] + by)
    return Quantity(found.start + by, found.end + by, number, found.value, found.qualifier, found.unit)


def _step(text: str, at: int) -> _Step:
    """Read whatever begins at offset `at`; return where to go on, and the quantities read."""
    char = text[at]
    if "0" <= char <= "9":
        return _digits(text, at)
    if char in CHARACTERS:
        return _chinese(text, at)
    return _past(_ORDINAL if char == "第" else _WORD, text, at), ()


def _past(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _digits(text: str, at: int) -> _Step:
    """Read a cluster of digits: one number, a short list of numbers, or something else that is passed by."""
    end = _past(_CLUSTER, text, at)
    follows = text[end : end + 1]
    if follows.isascii() and (follows.isalpha() or follows in ("@", "_")):
        return _past(_WORD, text, end), ()
    if end - at <= 40 and LITERAL.fullmatch(text, at, end):
        return _digit_number(text, at, end)
    if end - at <= 128 and _LISTED.fullmatch(text, at, end) and not _THREE.search(text, at, end):
        return _listed(text, at, end)
    return _past(_RANGE, text, end), ()


def _listed(text: str, at: int, end: int) -> _Step:
    """Read `2018,7800`: not groups of three, hence separate numbers, of which the last may have a unit."""
    found: tuple[Quantity, ...] = ()
    for number in re.finditer("[0-9]+", text[at:end]):
        after, more = _digit_number(text, at + number.start(), at + number.end())
        found += more
    return after, found


def _digit_number(text: str, at: int, end: int) -> _Step:
    """Read the number `text[at:end]` with the words round it."""
    if _is_part(text, at, end):
        return end, ()
    if text[end : end + 1] not in _TAIL_HEADS:
        return _bare(text, at, end)
    tail = _DIGIT_TAIL.match(text, end)
    assert tail is not None  # every part is optional
    after = tail.end()
    apart = _range_end(text, tail)
    if apart:
        return apart, ()
    if _WRAPPED.match(text, after) or (not tail["unit"] and _is_numeral(text[after : after + 3], 0)):
        return after, ()
    if after == end:
        return _bare(text, at, end)
    return _built(text, at, end, tail) if _is_worded(text, at, end, tail) else (after, ())


def _range_end(text: str, tail: re.Match[str]) -> int:
    """Return where a range ends whose first half ends in `tail` (`3万至5万`, `3条至5条`), 0 if it is none."""
    other = _RANGE.match(text, tail.end())
    unit = tail["unit"]
    if other is None or (unit and not text.startswith(unit, other.end())):
        return 0
    return other.end()


def _is_numeral(beside: str, edge: int) -> bool:
    """Tell whether a numeral stands at that edge of `beside`, then only half a number is in hand (3万5条).

    Blanks and one line break between the halves are a damaged file's, not an author's.
    """
    char = beside.strip(" \r\n")[edge:][:1]
    return bool(char) and (char in CHARACTERS or char.isdigit()) and beside.count("\n") < 2


def _is_part(text: str, at: int, end: int) -> bool:
    """Tell whether the digits are half of something else, whatever follows: `007` `前3` `+3` `-3`."""
    if text[at] == "0" and end - at > 1 and text[at + 1].isdigit():
        return True
    if end - at > 2 and "." in text[at + 1 : at + 3] and _begins_item(text, at):
        return True  # could be an item's number run into a figure: 1.5万 or 1. 5万
    return _is_numeral(text[max(0, at - 3) : at], -1) or _is_led(text, at)


def _is_led(text: str, at: int) -> bool:
    """Tell whether the character in front makes the number a rank, a share, a sum or a negative."""
    front = text[at - 1 : at] if at else ""
    if front == "前":
        return text[max(0, at - 2)] not in "目此之以先提会事"
    return front in _FRONTS or (front == "-" and text[max(0, at - 2) : at] != "--")


def _begins_item(text: str, at: int) -> bool:
    """Tell whether an enumerator may stand at `at`: at a line's or a sentence's beginning."""
    left = _left(text, at).rstrip(" ")
    return not left or left[-1] in "\n\r。;!?"


def _is_worded(text: str, at: int, end: int, tail: re.Match[str]) -> bool:
    """Tell whether digits with words behind them count something: neither a year nor a hotline nor `5+2`."""
    literal, follows = text[at:end], text[tail.end() : tail.end() + 1]
    if tail["unit"]:
        return not (
            (tail["unit"] == "年" and _looks_like_year(literal))
            or (literal == "12345" and _left(text, at).rstrip('“"(').endswith(_HOTLINES))
        )
    if tail["more"] == "+" and follows.isalnum() and not is_han(follows):
        return False
    if tail["times"] or tail["after"]:
        return True
    return not (is_han(follows) and _looks_like_year(literal))


def _looks_like_year(literal: str) -> bool:
    return len(literal) == 4 and literal[:2] in ("19", "20")


def _bare(text: str, at: int, end: int) -> _Step:
    """Read digits with nothing behind them, unless they are part of a word, an enumerator or a code."""
    follows = text[end : end + 1]
    if is_han(follows) or follows in _GLUE:
        return end, ()
    if end - at <= 2 and _is_enumerator(text, at, end):
        return end, ()
    literal = text[at:end]
    if _DATED.match(text, end):
        return end, ()
    if _is_labelled(text, at) or _is_framed(text, at, end) or _IDENTIFIER.fullmatch(literal):
        return end, ()
    begin, found = _before(text, at)
    value = int(literal) if literal.isdigit() else whole(Decimal(literal.replace(",", "")))
    return end, (Quantity(begin, end, (at, end), value, _settled(found), ""),)


def _is_enumerator(text: str, at: int, after: int) -> bool:
    """Tell whether one or two digits number an item: `1.` `2、` `(3)` `4 概述`."""
    follows, then = text[after : after + 1], text[after + 1 : after + 2]
    if follows not in _ENUMERATES:
        return False
    near = _left(text, at).rstrip(" ")[-2:]
    if follows == ".":
        return bool(then.strip()) or not near or not is_han(near[-1])
    if follows == " ":
        return is_han(then) and _begins_item(text, at)
    listed = near[-1:] == "、" and near[:1].isdigit()
    return not is_han(near[-1:]) and not listed


def _is_labelled(text: str, at: int) -> bool:
    """Tell whether a label in front says that the digits are a code: 邮编, 电话, 编号."""
    left = _left(text, at).rstrip(" :")
    return left.removesuffix("为").removesuffix("是").endswith(_CODES)


def _is_framed(text: str, at: int, end: int) -> bool:
    """Tell page marks `- 4 -` and bracketed numbers `〔2021〕` from figures."""
    before, behind = text[max(0, at - 2) : at].rstrip(" ")[-1:], text[end : end + 2].lstrip(" ")[:1]
    return before + behind in _FRAMES or (before in _DASHES and behind in _DASHES)


# --- numbers in characters ---

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


def _chinese(text: str, at: int) -> _Step:
    """Read the run of numeral characters at offset `at`, with the words round it."""
    end = _past(_CN_RUN, text, at)
    if end - at == 1 and text[at] not in "百千万亿零〇" and text[end : end + 1] not in _CN_TAIL_HEADS:
        return end, ()
    tail = _CN_TAIL.match(text, end)
    assert tail is not None  # every part is optional
    apart = _RANGE.match(text, end) or _RANGE.match(text, tail.end())
    if apart and end - at <= 4:
        return apart.end(), ()
    if end - at > 20 or not _is_stated(text, at, end, tail):
        return end, ()
    return _built(text, at, end, tail)


def _is_stated(text: str, at: int, end: int, tail: re.Match[str]) -> bool:
    """Tell whether the run `text[at:end]` counts something here, rather than being part of a word."""
    run, left = text[at:end], _left(text, at)
    previous = left[-1:]
    if (
        _is_numeral(text[max(0, at - 3) : at], -1)
        or _is_numeral(text[end : end + 3], 0)
        or previous in _QUOTES
        or _is_led(text, at)
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
    qualified = bool(tail["mid"] or tail["more"] or _before(text, at)[1] or _is_up_to(left, run))
    if tail["unit"]:
        return len(run) > 1 or qualified
    return qualified and not is_han(text[tail.end() : tail.end() + 1])


def _is_up_to(left: str, run: str) -> bool:
    """Tell whether 上 in front of a round number means "as many as": 上千, not 网上."""
    return run[0] in "百千万亿" and left[-1:] == "上" and left[-2:-1] not in tuple("网线以加成百会")


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


# --- putting together ---


def _built(text: str, at: int, end: int, tail: re.Match[str]) -> _Step:
    """Return the quantity of the numeral at `text[at:end]` and its tail, or none if it has no exact value."""
    after = tail.end()
    end = tail.end("times") if tail["times"] else end
    value = read_spoken(text[at:end])
    if value is None:
        return after, ()
    unit = (tail["unit"] or "").replace("多", "")
    if unit == "元" and text[end - 1] in "万亿" and end - at > 1:
        unit, value, end = _money(text, at, end, value)
    stated = whole(value)
    if isinstance(stated, float) and unit not in _FRACTIONAL:
        return after, ()  # half a count: an item number glued to a count (3.15条)
    begin, found = _before(text, at)
    if _is_up_to(_left(text, at), text[at:end]):
        begin, found = at - 1, {"over"}
    found |= _said_after(tail)
    return after, (Quantity(begin, after, (at, end), stated, _settled(found), unit),)


def _money(text: str, at: int, end: int, value: Decimal) -> tuple[str, Decimal, int]:
    """Move the last 万 or 亿 from the numeral to the unit, as amounts are published: 3万余元 is 3 万元."""
    level = text[end - 1]
    numeral = text[at : end - 1].rstrip(" 余多几")
    return level + "元", value / (10_000 if level == "万" else 100_000_000), at + len(numeral)


def _said_after(tail: re.Match[str]) -> set[Qualifier]:
    """Return what the words behind the number say."""
    found: set[Qualifier] = set()
    if tail["mid"] or tail["more"] in ("余", "多", "几", "+") or "多" in (tail["unit"] or ""):
        found.add("over")
    if tail["more"] == "来":
        found.add("about")
    if tail["after"]:
        found.add(_AFTER_MEANS[tail["after"]])
    return found - {"exact"}
