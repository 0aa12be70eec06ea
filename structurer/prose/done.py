"""Whether a sentence says that something was done: what was refused, planned, checked or taken back was not
counted among it."""

from __future__ import annotations

import re

_ACT = (
    "(?=主动|依法|公开|发布|推送|更新|制定|制发|出台|印发|召开|举办|组织|开展|办理|答复|受理|收到"
    "|配备|开设|设立)"
)
_UNDONE = re.compile(
    "未(?![来经婚央名雨]|成年)|没有|没能|并非|不(?:再|予)?(?:主动|受理|答复(?=政府))|不予主动|达不到|难以达|不达"
    f"|(?<![许认响供反适效])[拟可应]{_ACT}|[又另](?=主动|公开|发布|推送|更新)|(?<![接对招期看])待{_ACT}|(?<!规划)计划{_ACT}|确保"
    "|逾期|超期|超时|延迟|推迟|延期(?=召开|举办|举行|公开|发布)|补(?:充|发|录|报)?(?=主动|公开|发布|政策|信息)|(?:重新|集中)(?=主动|公开|发布)"
    "|撤销|取消|撤[回下诉]|删除|下架|清理|(?<!经)(?<!经过)(?:审[核查](?!意见|通过|把关|后)|抽查|核查|排查|自查发现|检查发现|检查|监测到?|抽取|巡查|扫描)"
    "|退还|应收|减免|免收|缓收|审结|胜诉|败诉|避免|化解|杜绝|参与(?=政府|信息|政务|行政|答复|办理|处理|制定|起草)|应诉"
    "|协助|配合(?!度)|协同(?!办公|平台)|代(?=[省市县区镇乡]|为)|代表(?=[省市县区][^,。;]{0,6}(?:应诉|参加))|名义"
    "|(?:指导|督促|协调|推动|督导|引导|敦促)(?=[^,。;]{0,12}(?:[局委厅镇乡村站所]|企业|单位|街道|部门|社区|学校|机构|公司|中心))"
    "|不[宜便应能得](?!不)|暂[不缓]|转为?(?=主动公开)|(?:重复|错误|二次|误)(?=公开|发布|推送)"
    "|报送|上报|投稿|供稿|录用|转载|转发(?!布)"
    "|[被经][^,。;]{1,12}采用|采用我|向[^,。;]{1,12}(?:报送|上报|送交|移交|移送|递交)"
    "|向[^,。;]{1,16}(?:网站?|平台|媒体|单位|部门|[局委厅办府]|中心|报社|公众号)(?:推送|提供|投送|传送)|非(?=政府信息|信息公开|政务公开)"
    "|(?:新增|调整|减少)[^,。;]{0,8}[专兼]职|总信息量|[党村居厂校社]务(?=公开)|(?:共|现)有公开|存量"
)
"""What takes back, before a figure and in its clause, that what is counted was done, by whom and when."""
_JOINTLY = re.compile(
    "联合(?!会(?!议)|国|体|惩戒|奖惩|执法|检查)|会同|合办|联手|携手|联席|共同(?=举办|召开|组织|开展|主办|承办|发布|推出)"
    "|(?:与|跟|(?<![会合])同(?!时))[^,。;]{1,18}(?:[局委办厅部院镇]|中心|政府|单位|部门|公司|街道)"
    "(?:一起|一道)?(?=举办|召开|举行|组织|开展|主办|开办|发布)"
)
"""What two did together is counted by either, or by one of them."""
_AIM = re.compile(
    "(?:以[上下]|左右)?(?:的(?:年度|全年|考核|工作|既定)*(?:目标|任务|计划|要求|指标|标准)|(?:年度|全年|考核)*(?:目标|任务))"
)
"""Behind a figure: 300条的目标 is what was aimed at."""
_EPISODE = re.compile(
    "年初(?![、和及与以中])|(?<![到至止本当0-9、和及与])年[底末](?![、前和及与])|春节|国庆|[节汛会赛](?:前|后|期)(?!间)|当[月季]|单[月季日]"
    "|本届|任期|任内|每(?:[万千百名人位]|个(?!月))|十[一二三四五]五"
)
"""A part of the year, or more than it."""
_HEDGED = re.compile(
    r"(?:并非|并不是|不存在|几乎|基本|大部分|大多|多数|部分|有些|个别|以往|往年|以前|过去|此前)[^,。;:\n]{0,12}\Z"
)


def undone(text: str, clause: int, at: int, end: int) -> bool:
    """Whether the clause from `clause` tells that what the figure at `at`, named up to `end`, counts did not
    happen, is not the office's own doing, or fills no year."""
    return (
        _UNDONE.search(text, clause, at) is not None
        or _EPISODE.search(text, clause, at) is not None
        or _JOINTLY.search(text, clause, at) is not None
        or _AIM.match(text, end) is not None
    )


def hedged(text: str, at: int) -> bool:
    """Whether a denial at `at` is itself denied, or holds for some only: 几乎未收到, 部分科室未收到."""
    return _HEDGED.search(text, max(0, at - 24), at) is not None
