"""The words prose names quantities with: which token each is, and which row a token states in which unit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

_COUNTED = frozenset(["条", "篇", "件", "份", "则", "期", "项", "次", "条次", "件次", "篇次", "个"])
_CASES = frozenset(["件", "起", "宗", "例", "条", "份", "项", "次", "件次", "个", "人次"])
_EVENTS = frozenset(["次", "场", "期", "场次", "期次", "个"])
_PEOPLE = frozenset(["人", "名", "位"])
_VIEWS = frozenset(("", "次", "人次", "人"))
_FOLLOWERS = frozenset(("", "人", "名", "位", "户", "个"))
_MONEY = frozenset(("元", "万元", "亿元"))


class Noun(NamedTuple):
    """What a noun states: the row it names, the units it is counted in, and what must stand by it."""

    row: str
    units: frozenset[str]
    family: str
    verbs: frozenset[str] = frozenset()
    """Kinds of verb of which the nearest must be one; empty when any, or none, will do."""
    about: bool = False
    """The sentence itself must speak of disclosure: complaints and lawsuits have many other causes."""
    bare: bool = True
    """Whether it is understood without any verb."""
    within: str = ""
    """The family that the sentence must already be about."""


def _any(*kinds: str) -> frozenset[str]:
    return frozenset(kinds)


_HANDLED = _any("handle", "receive", "reply")

NOUNS: Mapping[str, Noun] = {
    "info": Noun("", _COUNTED, "publish"),
    "press": Noun("press_conferences", _EVENTS, "press"),
    "interview": Noun("online_interviews", _EVENTS, "press"),
    "interpretation": Noun("interpretations", _COUNTED | {"幅"}, "press"),
    "normative": Noun("", _COUNTED, "normative"),
    "apply": Noun("", _CASES, "apply"),
    "petition": Noun("petitions", _CASES - {"人次"}, "petition", _HANDLED, bare=False),
    "complaint": Noun("complaints", _CASES, "complaint", about=True),
    "consultation": Noun("consultations_answered", _CASES, "consultation", _any("reply"), bare=False),
    "recon": Noun("reconsiderations", _CASES - {"人次"}, "recon", about=True),
    "lit": Noun("litigations", _CASES - {"人次"}, "lit", about=True),
    "npc": Noun("npc_suggestions", _CASES, "proposals", _HANDLED),
    "cppcc": Noun("cppcc_proposals", _CASES, "proposals", _HANDLED),
    "both": Noun("suggestions_and_proposals", _CASES, "proposals", _HANDLED),
    "suggestion": Noun("npc_suggestions", _CASES, "proposals", _any("handle"), bare=False),
    "column": Noun("columns", _any("个", "项", ""), "column", _any("open"), bare=False),
    "meeting": Noun("meetings", _EVENTS, "meeting", about=True),
    "training": Noun("trainings", _EVENTS | {"班次"}, "training", about=True),
    "trainee": Noun("trainees", _any("人次", "人", "名"), "training", about=True),
    "full_time": Noun("staff_full_time", _PEOPLE, "staff", about=True),
    "part_time": Noun("staff_part_time", _PEOPLE, "staff", about=True),
    "staff": Noun("staff", _PEOPLE, "staff", _any("appoint"), about=True),
    "all_staff": Noun("staff", _PEOPLE, "staff", about=True),
    "office": Noun("offices", _any("个", "家"), "office", about=True),
    "reading_point": Noun("reading_points", _any("个", "处"), "office"),
    "fee": Noun("fees_charged", _MONEY, "fee", about=True),
    "budget": Noun("budget", _MONEY, "fee", about=True),
    "visit": Noun("website_visits", _VIEWS, "views"),
    "read": Noun("reads", _VIEWS, "views"),
    "play": Noun("video_plays", _VIEWS, "views"),
    "follower": Noun("", _FOLLOWERS, "views"),
    "granted": Noun("replies_granted", _CASES, "apply", within="apply"),
    "partially": Noun("replies_partially_granted", _CASES, "apply", within="apply"),
    "refused": Noun("replies_refused", _CASES, "apply", within="apply"),
    "already": Noun("replies_already_public", _CASES, "apply", within="apply"),
    "not_ours": Noun("replies_not_this_agency", _CASES, "apply", within="apply"),
    "nonexistent": Noun("replies_nonexistent", _CASES, "apply", within="apply"),
    "amend": Noun("replies_asked_to_amend", _CASES, "apply", within="apply"),
    "redirected": Noun("replies_redirected", _CASES, "apply", within="apply"),
    "in_person": Noun("applications_received_in_person", _CASES, "apply", within="apply"),
    "fax": Noun("applications_received_fax", _CASES, "apply", within="apply"),
    "online": Noun("applications_received_online", _CASES, "apply", within="apply"),
    "letter": Noun("applications_received_letter", _CASES, "apply", within="apply"),
    "upheld": Noun("_upheld", _CASES, "result"),
    "rejected": Noun("_upheld", _CASES, "result"),
    "corrected": Noun("_corrected", _CASES, "result"),
    "other_result": Noun("_other", _CASES, "result"),
}

CHANNELS: Mapping[str, str] = {
    "website": "disclosed_website",
    "wechat": "disclosed_wechat",
    "weibo": "disclosed_weibo",
    "newspaper": "disclosed_newspaper",
    "broadcast": "disclosed_broadcast",
    "short_video": "disclosed_short_video",
    "gazette": "disclosed_gazette",
}
"""Channel → the row of what it disclosed. The channels "other", "media" and "both_micro" have no row."""

WORDS: Mapping[str, str] = {
    # channels
    "website": (
        "政府网站 门户网站 门户网 官方网站 政务网站 官网 网站 局网站 教育网 政务网 信息网 公开网 "
        "城域网 信息公开网 政务公开网 政府网 "
        "政府信息公开平台 信息公开平台 公开平台"
    ),
    "wechat": (
        "微信公众号 微信公众平台 政务微信 官方微信 微信 公众号 微信平台 官微信 微信订阅号 微信服务号 "
        "服务号 订阅号"
    ),
    "weibo": "微博 官方微博 政务微博 官微博 新浪微博 腾讯微博 微博平台",
    "both_micro": "双微 两微 两微一端 微信微博 微博微信",
    "newspaper": "报纸 报刊",
    "broadcast": "广播 电视 电视台 广播电视 广播电视台 广播电台 电台",
    "short_video": "抖音公众号 抖音 抖音号 短视频 短视频平台 视频号 快手 快手号",
    "gazette": "政府公报 公报",
    "other": (
        "头条 今日头条 头条号 公示栏 公开栏 公告栏 宣传栏 电子屏 显示屏 客户端 手机报 企鹅号 APP "
        "日报 晚报 小程序 百家号 澎湃 平面媒体 微视 "
        "查阅点 查阅室 宣传册 简报 新浪 腾讯"
    ),
    "media": "新媒体 政务新媒体 新闻媒体 媒体 融媒体 主流媒体",
    # verbs
    "publish": (
        "公开 主动公开 公开发布 发布 推送 更新 更新发布 推出 刊发 刊登 刊载 发表 公示 公布 编发 播出 "
        "推文 发文 发博 发博数 上传 "
        "发布量 信息发布量 推送量"
    ),
    "report": (
        "报送 上报 报 投稿 采用 录用 采纳 转发 转载 转评 收集 维护 审核 审查 制作 制发 形成 产生 "
        "删除 处置 整改 浏览 阅读"
    ),
    "receive": "收到 受理 接到 接收 新收 新收到 收悉 接收到 收到过 共收到",
    "handle": "办理 承办 处理 办复 交办 承接 接办",
    "finish": "办结 办理完毕 办理完结 已办结",
    "reply": "答复 回复 办理答复 解答 答复办理 回应 办理回复",
    "share": "主办 协办 会办 分办 独办 单办",
    "hold": "召开 举办 举行 组织 开展 参加 组织召开 组织举办 组织参加 举办了 做好 参加或举办 召集",
    "open": "开设 设置 设立 开辟 建立 开通 建设 设有",
    "appoint": "配备 确定 安排 明确 指定 落实 设 设有 配有 现有",
    "make": "制定 出台 印发 制订",
    # nouns
    "info": (
        "信息 政府信息 政务信息 各类信息 信息量 消息 图文消息 图文信息 图文 推文 文章 稿件 微信信息 "
        "微博信息 博文 "
        "信息数 信息数量 信息总数 信息总量"
    ),
    "press": "新闻发布会 发布会 新闻发布 政策新闻发布会",
    "interview": "在线访谈 网上访谈 网络访谈 政府网站在线访谈",
    "interpretation": (
        "政策解读 政策解读稿件 政策解读材料 政策解读文章 政策解读信息 解读稿件 解读材料 解读文章 "
        "解读信息 政策解读稿"
    ),
    "normative": "规范性文件 行政规范性文件",
    "apply": (
        "政府信息公开申请 信息公开申请 依申请公开 依申请公开信息 依申请公开政府信息 依申请公开事项 "
        "依申请公开件 依申请信息公开 "
        "依申请公开申请 政府信息依申请公开 公开申请 政府信息公开申请件 依申请公开政府信息申请 "
        "申请公开政府信息 申请公开信息 "
        "政务公开申请 依申请公开办件 依申请公开业务 依申请公开案件 依申请政府信息公开 "
        "公开政府信息申请 公开政府信息的申请 "
        "依申请公开政府信息的申请 政府信息依申请公开申请 政府信息公开申请事项 信息公开申请事项 "
        "依申请信息公开事项 依申请政府信息公开事项 政府信息依申请公开事项 "
        "政府信息依申请公开办理事项 信息依申请公开 依申请公开政务信息 依申请件 依申请事项 政府信息公开的申请 "
        "信息公开的申请 依申请"
    ),
    "apply_bare": "申请 申请件 公开事项 该项申请 此类申请",
    "petition": "信访 信访件 信访事项 来信来访 群众信访 信访案件 信访举报",
    "complaint": "投诉 举报 投诉举报 举报投诉 投诉件 投诉举报件 举报投诉件 举报件",
    "consultation": (
        "留言 咨询 网民留言 网友留言 咨询留言 留言咨询 公众留言 群众留言 咨询件 咨询投诉 网民咨询 "
        "网民咨询件 群众咨询 网上咨询 "
        "公众咨询 在线咨询 咨询问题 群众提问 提问"
    ),
    "recon": "行政复议 复议 行政复议申请 行政复议案件 行政复议案 复议案件 复议申请",
    "lit": "行政诉讼 诉讼 行政诉讼案件 行政诉讼案 诉讼案件 行政诉讼申请",
    "npc": (
        "人大代表建议 人大建议 代表建议 人大代表意见建议 人大代表建议意见 人大议案 人大代表议案 "
        "人大代表建议批评和意见"
    ),
    "cppcc": "政协提案 政协委员提案 委员提案 提案 政协建议",
    "both": "建议提案 人大代表建议政协提案 人大建议政协提案 人大代表建议政协委员提案 两会建议提案 议提案",
    "suggestion": "建议",
    "column": "专栏 专题 专栏专题 专题专栏 公开专栏 信息公开专栏 政策解读专栏",
    "meeting": (
        "政务公开工作会议 政府信息公开工作会议 信息公开工作会议 政务公开会议 政府信息公开会议 "
        "政务公开专题会议 "
        "政府信息公开专题会议 信息公开专题会议 政务公开专题会 政务公开工作会"
    ),
    "training": (
        "培训班 培训 培训会 业务培训 专题培训 政务公开培训 政府信息公开培训 信息公开培训 培训会议 "
        "业务培训班 业务培训会 专题培训班 "
        "专题培训会 专项培训 政务公开培训班 政务公开培训会 政府信息公开培训班 政府信息公开培训会 "
        "政务公开业务培训 "
        "政府信息公开业务培训 政务公开工作培训 政务公开工作培训会 政府信息公开工作培训"
    ),
    "trainee": (
        "接受培训 接受培训人员 参训 参训人员 培训人员 共培训 受训 受训人员 参加培训 接受培训人数 "
        "参训人数 培训工作人员"
    ),
    "full_time": "专职 专职人员 全职 专职工作人员 全职人员 全职工作人员 专职人员数",
    "part_time": "兼职 兼职人员 兼职工作人员 兼职人员数",
    "all_staff": "专兼职 专兼职人员 专兼职工作人员 专(兼)职",
    "staff": "工作人员 政务公开工作人员 政府信息公开工作人员 信息公开工作人员",
    "office": "专门机构 专门工作机构 政府信息公开专门机构 政府信息公开工作机构",
    "reading_point": (
        "政府信息公开查阅点 信息公开查阅点 政府信息查阅点 政府信息公开查阅场所 政府信息查阅场所 "
        "公共查阅点 信息查阅点 "
        "政府信息公开查阅室"
    ),
    "fee": "信息处理费 检索费 收取费用 费用 收费 收取信息处理费",
    "budget": "专项经费 政府信息公开专项经费 政务公开专项经费 信息公开专项经费",
    "visit": (
        "访问量 网站访问量 总访问量 年访问量 点击量 浏览量 总点击量 总浏览量 页面浏览量 访问人次 网站总访问量"
    ),
    "read": "阅读量 总阅读量 阅读总数 阅读数 总阅读数 阅读总量 阅读人次 累计阅读量",
    "play": "播放量 总播放量 视频播放量 播放总量 累计播放量 播放 播放次数",
    "follower": (
        "粉丝 粉丝量 粉丝数 粉丝数量 关注人数 关注用户 订阅人数 固定订阅人数 关注数 关注量 粉丝总数 "
        "订阅用户 关注用户数 用户数 "
        "总粉丝数 总粉丝量 粉丝人数 订阅数"
    ),
    "granted": "予以公开 同意公开 全部公开 准予公开 给予公开 依法公开",
    "partially": "部分公开 同意部分公开 予以部分公开",
    "refused": "不予公开 不同意公开",
    "already": (
        "已主动公开 属于已主动公开 已主动公开范围 属于已主动公开范围 属于主动公开范围 属于已主动公开信息"
    ),
    "not_ours": (
        "不属于本机关 不属于本机关公开 不属于本行政机关公开 不属于本机关公开范围 不属于本单位公开 "
        "非本机关 不属于本行政机关 "
        "不属于本机关职责范围"
    ),
    "nonexistent": "信息不存在 申请信息不存在 政府信息不存在 不存在",
    "amend": "告知作出更改补充 作出更改补充 告知补正",
    "redirected": "告知通过其他途径办理 告知其他途径 通过其他途径办理",
    "in_person": (
        "当面 当面申请 现场申请 来人申请 窗口申请 当面提交 当面递交 当面提出 现场提交 当面受理 来访申请"
    ),
    "fax": "传真 传真申请",
    "online": (
        "网络 网上申请 网络申请 网上 在线申请 网络渠道 网站申请 网上提交 网络平台 互联网 网络提交 "
        "网上受理 网络在线申请 网络渠道申请"
    ),
    "letter": "信函 信函申请 邮寄 邮寄申请 书面信函 信件 信件申请 书信 邮政 邮递 邮递申请 "
    "来信申请 信函邮寄 邮寄信函",
    "email": "电子邮件 邮箱 电子邮箱 邮件",
    "upheld": "维持 结果维持 维持原行政行为 维持具体行政行为 维持原具体行政行为",
    "rejected": "驳回 驳回原告诉讼请求 驳回诉讼请求",
    "other_result": "其他结果 其他情形",
    "corrected": "纠正 结果纠正 被依法纠错 依法纠错 被纠错 被纠正",
}


def trie(words: Iterable[str]) -> str:
    """A regular expression for any of these words, the longest first, that reads each character once."""
    root: dict[str, Any] = {}
    for word in words:
        node = root
        for char in word:
            node = node.setdefault(char, {})
        node[""] = {}
    return _branch(root)


def _branch(node: Mapping[str, Any]) -> str:
    parts = [re.escape(char) + _branch(child) for char, child in node.items() if char]
    if not parts:
        return ""
    body = parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"
    return f"(?:{body})?" if "" in node else body


KINDS: Mapping[str, str] = {word: kind for kind, words in WORDS.items() for word in words.split()}
TOKEN = re.compile(trie(KINDS))

VERBS = frozenset(
    ["publish", "report", "receive", "handle", "finish", "reply", "share", "hold", "open", "appoint", "make"]
)
CHANNEL_KINDS = frozenset((*CHANNELS, "other", "media", "both_micro"))

# Words that stand between a noun or a verb and its number, and change nothing.
_FILLERS = """共计 合计 总计 累计 累积 总共 一共 共有 共 计 达到 达 为 是 有 了 已经 已 数量 总数量 总数
总量 总次数 次数 总条数 总 件数 数 量
人数 先后 全年 本年度 年度 全部 均 予以 情况 超过 方式 形式 途径 渠道 提交 提出 的 : " 并 年内 成功 及时
按期 依法 案件 稿件数"""
# Words between a verb or channel and its noun that leave the noun whole: they do not make it a part of
# what it counts.
_MODIFIERS = """政府 政务 各类 各种 各项 各级 各界 相关 有关 全部 的 了 过 省 市 区 县 级 两级 全国 公众
群众 网民 网友 社会 市民 公民 法人
其它组织 其他组织 和 或 或者 等 共 共计 累计 年度 全年 本年 类 : 网上 书面 厅 局 委 信息公开 政府信息公开
政务公开 总 共有 现有 拥有 新闻 已 固定 视频
官方 达 多次 专项 专题 、 " """
# What may open a clause before a noun without taking part in what it counts.
_LEADS = """、 和 及 与 " 其中 包括 包含 以及 并 也 共 共计 累计 累积 全年 全年共 本年度 年度 今年 本年 一年来
年内 通过 以 采取 采用 经 另外 另 同时 总 年 已
均 属于 属 目前 现有 现 政府 政务 信息公开 政府信息公开 的 各类 分别 为 一是 二是 三是 四是 五是 官方
区政府 市政府 县政府 市级 省级
区级 县级 用于 我局 我厅 我委 我区 我市 我县 我镇 我办 我街道 本局 本机关 本单位 本厅 本委
本年度内 政务公开 工作 有 省 市 区 县"""

FILLER = re.compile(trie(_FILLERS.split()))
MODIFIER = re.compile('"[^"]{1,12}"|' + trie(_MODIFIERS.split()))
LEAD = re.compile(
    '"[^"]{1,12}"|'
    + trie(_LEADS.split())
    + "|20[0-9]{2}年度?|截[至止][^,。]{0,12}|[省市区县](?=人大|政协)|[(]?[一二三四五六七八九十0-9]{1,2}[).、]"
)


def only(words: re.Pattern[str], text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` is made of these words alone; each character is read once."""
    while start < end:
        word = words.match(text, start, end)
        if word is None:
            return False
        start = word.end()
    return True
