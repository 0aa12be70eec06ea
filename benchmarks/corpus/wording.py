"""How labels, headings and brackets are worded: the same form as different offices print it."""

from __future__ import annotations

from functools import lru_cache
from random import Random
from typing import NamedTuple

from structurer.forms import Column, Row

_HALF = str.maketrans("（）：，", "():,")
_QUOTES = {"curly": ("“", "”"), "straight": ('"', '"'), "corner": ("「", "」")}

_TYPOS = {
    "2.其他法律行政法规禁止公开": "2.其他法律行政止公开",
    "4.保护第三方合法权益": "4.保护第三方合法权宜",
    "6.属于四类过程性信息": "6.属于四类过程信息",
    "2.没有现成信息需要另行制作": "2.没有现成信息需另行制作",
    "3.补正后申请内容仍不明确": "3.补正后申请内容任不明确",
    "4.无正当理由大量反复申请": "4.无正当理由大量反复的申请",
    "二、上年结转政府信息公开申请数量": "二、上年结转政府信息公开申请数",
    "（七）总计": "（七）总 计",
    "行政事业性收费": "行政事业收费",
    "其他对外管理服务事项": "其它对外管理服务事项",
}

_INSTRUCTIONS = {
    "regulations": "（县级机关无此项，没有的填0）",
    "normative_documents": "（指本年度登记编号的文件，不含规章；2018年以来失效的另记为负数，如-8）",
    "licensing": "（不含行政处罚和行政强制；同一事项按1件计，较上年减少的写作 -8）",
    "penalties": "（依照法定程序作出的行政处罚决定，1人1次计1件，含第二十条列明的行政强制以外的各类处理）",
    "coercion": "（指行政强制措施和行政强制执行，2019年前已立案的不计）",
    "fees": "（单位以表头为准，退还的收费从中扣除，不含政府集中采购）",
    "procurement": "（含委托集中采购机构办理的3类项目）",
    "received": "（以1月1日至12月31日登记为准）",
}

_TRADITIONAL = str.maketrans(
    "规范开数处决对务业构机体关属国时显纳废与许处罚强制费采购总额减项号条议诉讼复维结纠现举报诉织会团组办转"
    "续请获过类执极众个无论认确证据质绝际险举办闻发微渠调继应专职审查询档书复单计统标误误补义档从顾问",
    "規範開數處決對務業構機體關屬國時顯納廢與許處罰強制費採購總額減項號條議訴訟復維結糾現舉報訴織會團組辦轉"
    "續請獲過類執極眾個無論認確證據質絕際險舉辦聞發微渠調繼應專職審查詢檔書復單計統標誤誤補義檔從顧問",
)
_ITEMS = {"short": ("第二十条第", "第二十条"), "spaced": ("第二十条第", "第二十条  第")}

_HEADERS = {
    "split": {
        "本年新制作数量": "本年新\n制作数量",
        "本年新公开数量": "本年新\n公开数量",
        "对外公开总数量": "对外公开\n总数量",
        "本年增/减": "本年 增/减",
        "本年制发件数": "本年制\n发件数",
        "现行有效件数": "现行\n有效件数",
    },
    "truncated": {"本年新制作数量": "本年新", "本年新公开数量": "本年新", "本年增/减": "本年增/"},
    "dated": {"上一年项目数量": "上一年项目数量 2019年"},
    "short": {
        "对外公开总数量": "对外公开",
        "上一年项目数量": "上年项目数量",
        "处理决定数量": "本年处理决定数量",
        "本年处理决定数量": "本年度处理决定数量",
        "本年制发件数": "本年度制发件数",
    },
}


class Wording(NamedTuple):
    """One office's way of printing the form."""

    brackets: str = "full"
    quotes: str = "curly"
    enumerator: str = "."
    headers: str = "official"
    labels: str = "official"
    normative: str = "official"
    numerals: bool = True
    items: str = "official"
    script: str = "simplified"

    def dressed(self, text: str) -> str:
        """A text with this wording's brackets, quotes and script."""
        return _dressed(text, self.brackets, self.quotes, self.script)

    def item(self, heading: str) -> str:
        """The heading of a block of table 二."""
        before, after = _ITEMS.get(self.items, ("", ""))
        return self.dressed(heading.replace(before, after) if before else heading)

    def heading(self, number: str, title: str) -> str:
        """A section heading, with its numeral where this wording prints one."""
        title = self.dressed(title)
        return f"{number}、{title}" if self.numerals else title

    def column(self, column: Column) -> str:
        """The header text of a column."""
        text = _HEADERS.get(self.headers, {}).get(column.label, column.label)
        if column.kind == "money" and column.unit == "万元":
            text += "（单位：万元）"
        return self.dressed(text)

    def row(self, row: Row) -> str:
        """The label of a row."""
        text = row.label
        if row.id == "normative_documents" and self.normative == "swapped":
            text = "规范性文件" if text.startswith("行政") else "行政规范性文件"
        if self.labels == "typo":
            text = _TYPOS.get(text, text)
        elif self.labels == "variant" and row.variants and row.id != "normative_documents":
            text = row.variants[0]
        elif self.labels == "long":
            text += _INSTRUCTIONS.get(row.id, "")
        return self.dressed(self._numbered(text))

    def _numbered(self, text: str) -> str:
        if self.enumerator != "." and text[:1].isdigit() and text[1:2] == ".":
            return text[0] + self.enumerator + text[2:] if self.enumerator else text[2:]
        return text


@lru_cache(maxsize=4096)
def _dressed(text: str, brackets: str, quotes: str, script: str) -> str:
    if script == "traditional":
        text = text.replace("规范性文件", "规范性档案").translate(_TRADITIONAL)
    if brackets == "half":
        text = text.translate(_HALF)
    before, after = _QUOTES[quotes]
    return text.replace("“", before).replace("”", after)


def harmless(rng: Random) -> Wording:
    """A wording as most offices have it: small differences of type only."""
    return Wording(
        brackets="half" if rng.random() < 0.5 else "full",
        quotes="straight" if rng.random() < 0.2 else "curly",
        normative="swapped" if rng.random() < 0.2 else "official",
        items=rng.choice(("official", "official", "short", "spaced")),
    )
