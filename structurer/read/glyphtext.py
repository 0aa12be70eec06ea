"""Whether a text layer says what its pages show: mojibake is recognised by its characters."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: A table of cells may be all digits; below so many other characters nothing can be said.
_FEWEST = 40
_CID = re.compile(r"\(cid:[0-9]+\)")
_ODD = re.compile("[\u0080-\u00b6\u00b8-\u024f\u0370-\u05ff\ue000-\uf8ff\ufffd\u0000-\u0008\u000e-\u001b]")
_LETTER = re.compile(r"[^\W\d_]")
_HAN = re.compile("[\u3400-\u9fff]")
#: Characters that a third of any text of this kind consists of.
_COMMON = frozenset(
    "政府信息公开申请情况年度报告工作行处理的不予法和本数量第一二三四五六项条总计结果其他机关人自然业企组织社会服务"
    "上下在有是为对及中国市县区局办室门据单位规定要求关内容作等全未新了发到月日共件"
)
_ODD_SHARE = 0.2
_COMMON_SHARE = 0.08


def mojibake(texts: Sequence[str]) -> bool:
    """Whether the characters of a Chinese report's text cannot be the printed ones.

    Glyph numbers in place of characters, private or accented letters in place of Chinese ones, or
    Chinese characters none of which is common.
    """
    text = "".join(texts)
    cids = len(_CID.findall(text))
    text = _CID.sub("", text)
    odd = len(_ODD.findall(text))
    letters = len(_LETTER.findall(text))
    if cids + odd + letters < _FEWEST:
        return False
    if (cids + odd) > _ODD_SHARE * (cids + odd + letters):
        return True
    han = _HAN.findall(text)
    return len(han) >= _FEWEST and sum(char in _COMMON for char in han) < _COMMON_SHARE * len(han)
