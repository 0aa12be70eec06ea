"""Folding: the same character for the same meaning, one for one, so that offsets never move."""

from __future__ import annotations

import re
import unicodedata

#: Characters that print nothing; they fold to U+200B so that one class can skip them.
_INVISIBLE = (
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060"
    "\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff"
)
_SPACES = (
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u202f\u205f\u3000\x0b\x0c\x1c\x1d\x85"
)
_LOOKALIKES = {
    "｜": "|", "│": "|", "┃": "|", "║": "|", "¦": "|",
    "，": ",", "、": "、", "。": "。", "：": ":", "；": ";", "．": ".", "﹒": ".", "·": "·",
    "【": "[", "】": "]", "〔": "[", "〕": "]", "［": "[", "］": "]", "﹝": "[", "﹞": "]",
    "﹙": "(", "﹚": ")", "❨": "(", "❩": ")",
    "“": '"', "”": '"', "„": '"', "‟": '"', "＂": '"', "「": '"', "」": '"', "『": '"', "』": '"',
    "‘": "'", "’": "'", "－": "-", "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
    "─": "-", "━": "-",
    "／": "/", "∕": "/", "＋": "+", "﹢": "+", "㈠": "一", "〇": "〇",
    "\u2028": "\n", "\u2029": "\n", "\r": "\n",
}  # fmt: skip


#: Traditional characters of the forms, their headings and the words beside figures, and the simplified ones.
_TRADITIONAL = (
    "檔開動況規範條項內數對總製發廢現許處決罰強業費採購額單萬請結轉辦區這計屬於國祕穩護權類務過執詢無關沒補"
    "確認獲訪舉報訴復複議維糾審經後繼續機構組織團師學與會應當網臺訊聞佈讀閱廳縣鄉鎮號電話編碼間時題問進須"
    "併標統導職員見書門長個們來為產從實點據負責體監檢證營戶險療農財陸億兩餘約僅傳際眾視頻聽調協遞郵熱線專"
    "場訓勵濟資環設備衛氣醫東廣島龍寧雲陽蘭慶蘇齊馬魯貴黃雙賬評訂釋簡級達運輸選車風論節匯講課積極換"
)
_SIMPLIFIED = (
    "档开动况规范条项内数对总制发废现许处决罚强业费采购额单万请结转办区这计属于国秘稳护权类务过执询无关没补"
    "确认获访举报诉复复议维纠审经后继续机构组织团师学与会应当网台讯闻布读阅厅县乡镇号电话编码间时题问进须"
    "并标统导职员见书门长个们来为产从实点据负责体监检证营户险疗农财陆亿两余约仅传际众视频听调协递邮热线专"
    "场训励济资环设备卫气医东广岛龙宁云阳兰庆苏齐马鲁贵黄双账评订释简级达运输选车风论节汇讲课积极换"
)


def _table() -> dict[int, str | int]:
    table: dict[int, str | int] = {}
    for code in range(0xFF01, 0xFF5F):
        table[code] = chr(code - 0xFEE0)
    # Radicals and compatibility forms that stand for one character.
    for code in (*range(0x2E80, 0x2FE0), *range(0xF900, 0xFB00)):
        folded = unicodedata.normalize("NFKC", chr(code))
        if len(folded) == 1 and folded != chr(code):
            table[code] = folded
    table.update(str.maketrans(_TRADITIONAL, _SIMPLIFIED))
    table.update({ord(char): "\u200b" for char in _INVISIBLE})
    table.update({ord(char): " " for char in _SPACES})
    table.update({ord(char): folded for char, folded in _LOOKALIKES.items()})
    return table


_TABLE = _table()
_MOVED = re.compile(
    "[" + "".join(re.escape(chr(code)) for code in _TABLE if chr(code).translate(_TABLE) != chr(code)) + "]+"
)
_GAPS = re.compile(r"[\s\u200b]+")


def fold(text: str) -> str:
    """The text with widths, spaces, brackets, quotes and dashes made equal.

    `len(fold(text)) == len(text)`, and folding twice is folding once: an offset into one is an
    offset into the other. Carriage returns become line breaks.
    """
    return _MOVED.sub(_moved, text)


def _moved(match: re.Match[str]) -> str:
    return match[0].translate(_TABLE)


def squeeze(folded: str) -> str:
    """Folded text without any white space or invisible characters (offsets are lost)."""
    return _GAPS.sub("", folded)
