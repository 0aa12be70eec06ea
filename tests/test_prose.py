"""Statements in prose: every phrasing and every trap in a sentence of its own, and five real reports."""

from __future__ import annotations

import re
import time

import pytest

from structurer import structure
from structurer.document import Document, Section, Span
from structurer.forms import load_forms
from structurer.pipeline import extract
from structurer.prose import Statements, statements
from structurer.prose.organs import is_same, other_organ
from structurer.read import read_text
from tests import reports

FORMS = load_forms()
REPORTS = reports.FOLDER
YEAR = 2019


def document(text: str, furniture: tuple[Span, ...] = ()) -> Document:
    return Document(path="x.txt", id="0", source=text, text=text, encoding="utf-8", furniture=furniture)


def whole(text: str, title: str = "") -> list[Section]:
    return [Section(title=title, start=0, body=0, end=len(text), kind="prose")]


def read(text: str, title: str = "", year: int | None = YEAR) -> Statements:
    return statements(document(text), whole(text, title), FORMS, year=year)


def said(result: Statements) -> set[tuple[str, object, str, str]]:
    """Row, value, qualifier, period."""
    return {
        (found.indicator.split(".")[1], found.value, found.qualifier, found.period)
        for found in result.observations
    }


def year(
    row: str, value: float, qualifier: str = "exact", period: str = "year"
) -> tuple[str, object, str, str]:
    return row, value, qualifier, period


NOTHING: list[tuple[str, object, str, str]] = []

PUBLISHED = [
    ("2019年,我局共主动公开政府信息256条。", [year("disclosed_items", 256)]),
    ("全年主动公开各类政府信息共计1,024条。", [year("disclosed_items", 1024)]),
    ("发布政府信息总量为120条。", [year("disclosed_items", 120)]),
    ("公开政府信息约300条。", [year("disclosed_items", 300, "about")]),
    ("全年公开政府信息百余条。", [year("disclosed_items", 100, "over")]),
    ("主动公开政府信息7.5万条。", [year("disclosed_items", 75000)]),
    (
        "通过网站、微信、微博、报纸等渠道公开政府信息1500条。",
        [year("disclosed_items", 1500)],
    ),
    ("通过政府网站和公示栏公开政府信息150条。", NOTHING),
    ("新媒体发布信息300条。", NOTHING),
    ("今日头条发布信息120条。", NOTHING),
    ("我局公开信息300条,占全区总量的20%。", [year("disclosed_items", 300)]),
    ("主动公开信息98条,较上年增加20条。", [year("disclosed_items", 98)]),
    ("发布信息量比去年增长30条。", NOTHING),
    ("网站发布招考公告12条。", NOTHING),
    ("网站共发布信息4-5条。", NOTHING),
    ("网站发布信息300条左右。", [year("disclosed_website", 300, "about")]),
    ("在南山市政府网站更新发布信息88条。", [year("disclosed_website", 88)]),
    (
        "官方微博发布信息300条,官方微信推送图文210篇,抖音号发布短视频45条。",
        [
            year("disclosed_weibo", 300),
            year("disclosed_wechat", 210),
            year("disclosed_short_video", 45),
        ],
    ),
    ("通过微信公众号推送12期。", [year("disclosed_wechat", 12)]),
    ("官方微信全年发布微信88条。", [year("disclosed_wechat", 88)]),
    ("官方微信推送图文消息30期96篇。", [year("disclosed_wechat", 96)]),
    ("官方微信推送图文消息30期,共96篇。", [year("disclosed_wechat", 96)]),
    ("微信公众号发布800条,其中原创120条。", [year("disclosed_wechat", 800)]),
    ("开通抖音号,全年发布短视频30条。", [year("disclosed_short_video", 30)]),
    ("开通政务微博,全年发布信息30条。", [year("disclosed_weibo", 30)]),
    (
        "电视台播出信息12条,报纸刊登信息30篇。",
        [year("disclosed_broadcast", 12), year("disclosed_newspaper", 30)],
    ),
    ("政府公报刊登信息5条。", [year("disclosed_gazette", 5)]),
    ("未开通微信和微博。", NOTHING),
    ("没有开通门户网站。", NOTHING),
    ("“双微”发布信息500条。", NOTHING),
    ("两个微信公众号分别推送信息120篇、88篇。", NOTHING),
    ("微博、微信共发布信息700条。", NOTHING),
    ("公示栏张贴公告30条。", NOTHING),
    ("网站公开政府信息9条,其中政策解读4条,建议提案1条,其他信息3条。", [year("disclosed_website", 9)]),
    ("“南山教育”抖音公众号发布稿件16条。", [year("disclosed_short_video", 16)]),
    ("全年组织宣传教育信息公开活动12场。", NOTHING),
    ("财政预决算方面,主动公开政府信息30条。", NOTHING),
    ("重点领域信息公开。全年主动公开政府信息56条。", NOTHING),
    ("机构职能类信息12条,政策法规类信息20条。", NOTHING),
    ("信息公开目录共设34个事项。", NOTHING),
    ("《2019年发布信息300条的通知》已经印发。", NOTHING),
    (
        "制定规范性文件3件,主动公开规范性文件2件。",
        [year("normative_documents_issued", 3), year("normative_documents_disclosed", 2)],
    ),
    ("开设专栏6个。", [year("columns", 6)]),
    ("发布政策解读稿件15篇。", [year("interpretations", 15)]),
    ("转发政策解读15篇。", NOTHING),
    ("网站访问量达23.98万次。", [year("website_visits", 239800)]),
    (
        "微博粉丝20余万人,微信订阅人数3万余人。",
        [year("weibo_followers", 200000, "over"), year("wechat_followers", 30000, "over")],
    ),
    ("短视频播放量超百万次。", [year("video_plays", 1000000, "over")]),
]

TIMES = [
    ("自条例实施以来,累计主动公开政府信息5600条。", [year("disclosed_items", 5600, period="cumulative")]),
    ("历年累计主动公开政府信息5600条。", [year("disclosed_items", 5600, period="cumulative")]),
    ("截至2019年11月30日,主动公开政府信息312条。", [year("disclosed_items", 312, period="to_date")]),
    ("截至目前,我局主动公开政府信息312条。", NOTHING),
    ("2019年1月1日至12月31日,我局主动公开政府信息77条。", [year("disclosed_items", 77)]),
    ("2019年7月,主动公开政府信息77条。", NOTHING),
    ("上半年主动公开政府信息120条,下半年130条。", NOTHING),
    ("局网站每月更新信息20条。", [year("disclosed_website", 20, period="month")]),
    ("每天发布微信3条。", [year("disclosed_wechat", 3, period="day")]),
    ("每周推送微信2期。", NOTHING),
    ("平均每月发布信息20条。", NOTHING),
    ("发布信息12件/月。", NOTHING),
    (
        "全年主动公开政府信息2025条(上年1800条)。",
        [year("disclosed_items", 2025), year("disclosed_items", 1800, period="previous_year")],
    ),
    (
        "2019年主动公开政府信息400条,2018年主动公开政府信息300条。",
        [year("disclosed_items", 400), year("disclosed_items", 300, period="previous_year")],
    ),
    ("2017年主动公开政府信息300条。", NOTHING),
    ("近三年共收到政府信息公开申请30件。", NOTHING),
    ("2017年至2019年共收到政府信息公开申请30件。", NOTHING),
    ("2018-2019年,主动公开政府信息900条。", NOTHING),
    ("2017年、2018年、2019年共收到政府信息公开申请30件。", NOTHING),
    ("三年共收到政府信息公开申请30件。", NOTHING),
    ("近年来主动公开政府信息900条。", NOTHING),
    ("假设收到政府信息公开申请3件。", NOTHING),
    ("需主动公开政府信息300条。", NOTHING),
    ("考核指标:主动公开政府信息300条。", NOTHING),
    ("按要求主动公开政府信息300条。", [year("disclosed_items", 300)]),
    ("2018年和2019年共主动公开政府信息900条。", NOTHING),
    (
        "主动公开政府信息800条(2018年),2019年950条。",
        [year("disclosed_items", 800, period="previous_year")],
    ),
    ("主动公开政府信息950条(2019年)。", [year("disclosed_items", 950)]),
    ("主动公开政府信息700条(2016年)。", NOTHING),
    ("较2018年的800条多150条,主动公开政府信息达950条。", [year("disclosed_items", 950)]),
    ("与2018年相比,主动公开政府信息共950条。", [year("disclosed_items", 950)]),
    ("如收到政府信息公开申请2件以上,须登记造册。", NOTHING),
    ("收到政府信息公开申请10件以上的,应当指定专人。", NOTHING),
    ("各科室应主动公开政府信息不少于40条。", NOTHING),
    ("凡新闻发布,应提前报批,召开新闻发布会2场。", NOTHING),
    ("坚持应公开尽公开,主动公开政府信息300条。", [year("disclosed_items", 300)]),
    ("如期完成任务,主动公开政府信息300条。", [year("disclosed_items", 300)]),
    ("积极回应社会关切,发布政策解读稿件6篇。", [year("interpretations", 6)]),
    ("2020年将主动公开政府信息500条。", NOTHING),
    ("下一步,组织政务公开培训3期。", NOTHING),
    ("力争全年主动公开政府信息500条。", NOTHING),
    ("招生期间组织新闻发布会5次。", NOTHING),
]

APPLICATIONS = [
    ("全年受理依申请公开事项6起,均由自然人提出,均按时答复。", [year("applications_received", 6)]),
    ("全年收到信息公开申请3例。", [year("applications_received", 3)]),
    ("受理申请公开政府信息7宗。", [year("applications_received", 7)]),
    ("收到2件政府信息公开申请。", [year("applications_received", 2)]),
    (
        "本年度新收政府信息公开申请9件,上年结转2件,办结10件,结转下年度1件。",
        [year("applications_received", 9), year("applications_completed", 10)],
    ),
    ("收到政府信息公开申请15件(含上年结转3件)。", NOTHING),
    (
        "受理政府信息公开申请31件,答复30件(含上年结转2件)。",
        [year("applications_received", 31), year("replies", 30)],
    ),
    ("接到6项依申请公开政府信息申请,均已答复。", [year("applications_received", 6)]),
    ("共办理依申请公开5件。", NOTHING),
    (
        "依申请公开19件,其中网上申请18件,信函1件。",
        [
            year("applications_received", 19),
            year("applications_received_online", 18),
            year("applications_received_letter", 1),
        ],
    ),
    ("通过电子邮件收到政府信息公开申请2件。", NOTHING),
    ("通过申请受理系统收到政府信息公开申请7件,当面申请2件。", NOTHING),
    ("通过12345热线收到政府信息公开申请7件。", NOTHING),
    ("依托省级申请系统,共收到政府信息公开申请7件。", NOTHING),
    ("通过各种渠道收到政府信息公开申请9件。", [year("applications_received", 9)]),
    (
        "收到政府信息公开申请4件,按时办结3件,延期办结1件。",
        [
            year("applications_received", 4),
            year("applications_completed_on_time", 3),
            year("applications_completed_extended", 1),
        ],
    ),
    (
        "收到政府信息公开申请8件,其中予以公开5件、部分公开1件、不予公开2件。",
        [
            year("applications_received", 8),
            year("replies_granted", 5),
            year("replies_partially_granted", 1),
            year("replies_refused", 2),
        ],
    ),
    ("收到政府信息公开申请3例,答复3例。", [year("applications_received", 3), year("replies", 3)]),
    ("我局共发文649件,其中依申请公开12件,不予公开30件。", NOTHING),
    ("全年制作信息200条,其中主动公开150条、依申请公开20条、不予公开30条。", NOTHING),
    ("收到投诉举报件35件,其中热线转交20件。", NOTHING),
    ("全年办理12345热线工单1200件。", NOTHING),
    ("局长信箱收到来信210封。", NOTHING),
    ("全年回应群众诉求500件。", NOTHING),
    ("通过网上办理审批事项17项。", NOTHING),
    ("受理群众信访80件。", [year("petitions", 80)]),
    ("全年答复网民留言66条。", [year("consultations_answered", 66)]),
    ("因政府信息公开被申请行政复议3件,结果维持2件,纠正1件。",
     [year("reconsiderations", 3), year("reconsiderations_upheld", 2),
      year("reconsiderations_corrected", 1)]),
    ("全年办理行政复议案件120件。", NOTHING),
    ("收取政府信息公开信息处理费320元。", [year("fees_charged", 320)]),
]  # fmt: skip

ZEROS = [
    ("未收到政府信息公开申请。", ["applications_received"]),
    ("没有接到公民、法人和其他组织要求公开政府信息的申请。", ["applications_received"]),
    ("无一例政府信息公开申请。", ["applications_received"]),
    ("本年度未受理依申请公开。", ["applications_received"]),
    ("依申请公开0件,行政复议0件,诉讼0件。", ["applications_received", "reconsiderations", "litigations"]),
    (
        "全年无依申请公开、收费、投诉、行政复议和行政诉讼情况。",
        ["applications_received", "fees_charged", "complaints", "reconsiderations", "litigations"],
    ),
    (
        "未收到政府信息公开申请,未收取任何费用,未发生行政复议、行政诉讼。",
        ["applications_received", "fees_charged", "reconsiderations", "litigations"],
    ),
    ("没有发生因政府信息公开申请引起的举报、投诉案件。", ["complaints"]),
    ("没有公民、法人因政府信息公开申请行政复议或提起行政诉讼。", ["reconsiderations", "litigations"]),
    ("未收到关于信息公开的行政复议申请。", ["reconsiderations"]),
    ("行政复议、行政诉讼均为零。", ["reconsiderations", "litigations"]),
    ("政府信息公开收费情况:无。", ["fees_charged"]),
    (
        "未接到依申请公开件,亦未发生行政复议和诉讼。",
        ["applications_received", "reconsiderations", "litigations"],
    ),
    ("无建议提案。", ["suggestions_and_proposals"]),
    ("没有因政府信息公开提起行政复议和行政诉讼的情况发生。", ["reconsiderations", "litigations"]),
    ("依申请公开政府信息不收取任何费用。", ["fees_charged"]),
    ("没有接到群众主动要求公开政府信息的申请。", ["applications_received"]),
    ("除此之外,未发生行政复议。", ["reconsiderations"]),
    ("未发生因信息未及时公开引起的投诉。", ["complaints"]),
    # what is no zero
    ("除2件尚未审结外,未发生行政诉讼。", []),
    ("未因答复逾期引发行政复议。", []),
    ("没有因工作失误引起的行政诉讼。", []),
    ("未发生行政复议、行政诉讼败诉案件。", []),
    ("没有不予公开的申请。", []),
    ("几乎未收到政府信息公开申请。", []),
    ("部分科室未收到政府信息公开申请。", []),
    ("不存在未收到政府信息公开申请的情况。", []),
    ("往年未收到政府信息公开申请。", []),
    ("未收到法人提出的政府信息公开申请。", []),
    ("未收到政府信息公开申请的,应填报零。", []),
    ("未违规收取政府信息公开费用。", []),
    ("未收到涉及商业秘密的申请。", []),
    ("上半年未收到政府信息公开申请。", []),
    ("如未收到政府信息公开申请,应当说明。", []),
    ("确保不发生行政诉讼。", []),
    ("依申请公开情况详见第三部分。", []),
    ("未开通微信。", []),
    ("政府信息未公开的,应当说明理由。", []),
    ("无法提供的申请已告知。", []),
]

PEOPLE_AND_EVENTS = [
    (
        "办理建议提案9件(人大代表建议4件、政协提案5件)。",
        [year("suggestions_and_proposals", 9), year("npc_suggestions", 4), year("cppcc_proposals", 5)],
    ),
    ("承办建议5件、提案7件。", [year("npc_suggestions", 5), year("cppcc_proposals", 7)]),
    ("主办人大代表建议36件。", NOTHING),
    ("办理省政协提案2件、市政协提案5件。", NOTHING),
    ("公开建议提案办理结果12件。", NOTHING),
    ("召开新闻发布会3场。", [year("press_conferences", 3)]),
    ("召开新闻发布会、通气会12场。", NOTHING),
    (
        "参加新闻发布会2次,其中主要负责同志参加新闻发布会1次。",
        [year("press_conferences", 2), year("press_conferences_by_principal", 1)],
    ),
    ("举办在线访谈两次。", [year("online_interviews", 2)]),
    ("召开政务公开工作会议4次。", [year("meetings", 4)]),
    ("开展政府信息公开培训2期,接受培训人员80人次。", [year("trainings", 2), year("trainees", 80)]),
    ("先后4次对信息公开联络员开展业务培训。", [year("trainings", 4)]),
    ("年中、年末两次举办信息公开培训,对联络员进行辅导。", [year("trainings", 2)]),
    ("组织人员参加政务公开培训3次。", NOTHING),
    ("组织教师培训30期。", NOTHING),
    (
        "我局配备政务公开专职工作人员2名、兼职人员3名。",
        [year("staff_full_time", 2), year("staff_part_time", 3)],
    ),
    ("政务公开工作配有专兼职人员5名。", [year("staff", 5)]),
    ("安排2名工作人员参加政务公开会议。", NOTHING),
    (
        "设立政府信息公开查阅点2处,专门机构1个。",
        [year("reading_points", 2), year("offices", 1)],
    ),
    ("政务公开专项经费5万元。", [year("budget", 5)]),
]


# Shapes that real reports hold: what would be the figure of something else stays open.
SEVERAL_PLACES = [
    ("通过画报、微信等发布信息60条。", NOTHING),
    ("通过区门户网站等渠道共发布各类信息六十余条。", NOTHING),
    ("通过网站“本局公开”专栏等平台,主动公开政府信息31条。", NOTHING),
    ("在某某网、政府网站发布信息44条。", NOTHING),
    ("在网站机构职能、通知公告等栏目公开信息44条。", [year("disclosed_website", 44)]),
    ("我局通过省、市政府网站公开信息44条。", [year("disclosed_website", 44)]),
    ("在某某日报刊发稿件12篇。", NOTHING),
    ("微信、微博粉丝共9万人。", NOTHING),
    ("微信和微博粉丝均超过9万人。", [year("weibo_followers", 90000, "over")]),
]

ANOTHER_FIGURE_BETWEEN = [
    ("抖音号更新作品40个,全年共发布信息900条。", NOTHING),
    ("在网站公开文件6个,政策要闻发布信息20条。", NOTHING),
    ("通过网站发布动态30余条,通过便民墙发布信息20条。", NOTHING),
    ("利用门户网站,在便民平台发布信息20条。", NOTHING),
    (
        "微信公众号发布信息40条,粉丝3000人。",
        [year("disclosed_wechat", 40), year("wechat_followers", 3000)],
    ),
    ("发布动态73条、建议提案1条。", NOTHING),
    ("主动公开信息90条(其中部门决算3条,建议提案1条)。", [year("disclosed_items", 90)]),
    ("公开建议提案答复7件。", NOTHING),
    ("法定主动公开信息16条,重点领域信息9条。", NOTHING),
    ("公开新制定规范性文件9件。", NOTHING),
    ("办理行政许可40件、行政处罚7件、信息公开行政复议1件。", NOTHING),
    ("上年收到、结转至本年答复的政府信息公开申请3件。", NOTHING),
    ("主要负责同志参加《问政》1期、新闻发布会2次。", [year("press_conferences_by_principal", 2)]),
    ("政府网站总点击量达8.5亿次。", NOTHING),
    ("全年政府网站总点击量达8.5亿次。", [year("website_visits", 850_000_000)]),
]

OTHER_TIMES = [
    (
        "办结政府信息公开申请9件(含2018年结转2件),其中予以公开5件。",
        [year("applications_completed", 9), year("replies_granted", 5)],
    ),
    ("我局公开了2018年工作总结,主动公开政府信息20条。", [year("disclosed_items", 20)]),
    ("今年收到申请4件、转办上一年度申请1件,没有信息公开行政复议。", [year("reconsiderations", 0)]),
    ("2018年收到政府信息公开申请5件。", [year("applications_received", 5, period="previous_year")]),
    ("2019年三季度,网站发布信息80条;微信公众号发布信息70条。", NOTHING),
    ("目前网站发布信息80条;微信公众号发布信息70条。", NOTHING),
    ("一是5月召开会议;二是微信公众号发布信息70条。", [year("disclosed_wechat", 70)]),
    ("9月举办培训;全年微信公众号发布信息70条。", [year("disclosed_wechat", 70)]),
    ("到年底累计主动公开政府信息900条。", [year("disclosed_items", 900, period="to_date")]),
    ("累计主动公开政府信息900条,其中本年度新增主动公开政府信息80条。", NOTHING),
]

MORE_APPLICATIONS = [
    ("收到政府信息依申请公开申请8件。", [year("applications_received", 8)]),
    ("收到政府信息公开申请事项3件。", [year("applications_received", 3)]),
    ("收到政府信息依申请公开办理事项3件。", [year("applications_received", 3)]),
    ("共收到3件信息依申请公开。", [year("applications_received", 3)]),
    ("制作政务信息20条,其中依申请公开政务信息3条。", NOTHING),
    (
        "受理政府信息公开申请9件,包括信函申请4件、网络申请5件。",
        [
            year("applications_received", 9),
            year("applications_received_letter", 4),
            year("applications_received_online", 5),
        ],
    ),
]

# What did not happen, was only planned or checked, or is another's doing.
UNDONE = [
    ("未主动公开政府信息12条。", NOTHING),
    ("不主动公开政府信息12条。", NOTHING),
    ("依法不予主动公开政府信息12条。", NOTHING),
    ("检查发现未及时主动公开政府信息12条。", NOTHING),
    ("拟主动公开政府信息12条。", NOTHING),
    ("计划主动公开政府信息300条。", NOTHING),
    ("确保全年主动公开政府信息不低于300条。", NOTHING),
    ("主动公开政府信息300条的目标任务圆满完成。", NOTHING),
    ("撤销主动公开政府信息12条。", NOTHING),
    ("审核主动公开政府信息12条。", NOTHING),
    ("经审核主动公开政府信息12条。", [year("disclosed_items", 12)]),
    ("延迟主动公开政府信息12条。", NOTHING),
    ("另主动公开政府信息12条。", NOTHING),
    ("向市政府报送主动公开政府信息12条。", NOTHING),
    ("市政府网站采用我局发布信息12条。", NOTHING),
    ("以市政府名义主动公开政府信息12条。", NOTHING),
    ("协助市政府办主动公开政府信息12条。", NOTHING),
    ("未答复政府信息公开申请3件。", NOTHING),
    ("不予受理政府信息公开申请3件。", NOTHING),
    ("未收到政府信息公开申请8件以上的情况。", NOTHING),
    ("没有收到超过10件的政府信息公开申请。", NOTHING),
    ("拟制定规范性文件3件。", NOTHING),
    ("未答复网民留言3条。", NOTHING),
    ("延期召开新闻发布会2次。", NOTHING),
    ("配合市政府召开新闻发布会2次。", NOTHING),
    ("组织参加市政务公开培训3次。", NOTHING),
    ("减免政府信息公开费用1200元。", NOTHING),
    ("新增政务公开专职人员1名。", NOTHING),
    ("败诉政府信息公开行政诉讼3件。", NOTHING),
    ("受理政府信息公开行政复议申请3件。", NOTHING),
    ("政府信息公开行政复议3件(含上年结转1件)。", NOTHING),
    ("处理非政府信息公开投诉120件。", NOTHING),
    ("收到举报投诉12件,其中涉及政府信息公开2件。", NOTHING),
    (
        "收到政府信息公开申请8件,按时答复7件,逾期答复1件。",
        [year("applications_received", 8)],
    ),
    ("收到政府信息公开申请8人次12件。", [year("applications_received", 12)]),
    ("收到政府信息公开申请10件上下。", [year("applications_received", 10, "about")]),
]

NOT_THE_YEAR = [
    ("机构改革以来收到政府信息公开申请8件。", NOTHING),
    ("“十三五”以来收到政府信息公开申请80件。", NOTHING),
    ("自3月份以来收到政府信息公开申请8件。", NOTHING),
    ("自2019年3月以来收到政府信息公开申请8件。", NOTHING),
    ("今年以来收到政府信息公开申请8件。", [year("applications_received", 8)]),
    ("平台上线至今收到政府信息公开申请80件。", NOTHING),
    ("本届政府收到政府信息公开申请80件。", NOTHING),
    ("当月收到政府信息公开申请8件。", NOTHING),
    ("年初收到政府信息公开申请8件。", NOTHING),
    ("年底集中收到政府信息公开申请8件。", NOTHING),
    ("每万人收到政府信息公开申请8件。", NOTHING),
    ("网站累计访问量1200万次。", NOTHING),
    ("局门户网站共有公开信息1200条。", NOTHING),
    ("局门户网站英文版发布信息120条。", NOTHING),
    ("微信公众号发布信息32条,服务号发布信息12条。", NOTHING),
]

MORE_THAN_THE_OFFICE = [
    ("局团委微信公众号发布信息300条。", NOTHING),
    ("12345热线受理政府信息公开投诉举报3件。", NOTHING),
    ("公开规范性文件30件,其中本年制定3件。", NOTHING),
    ("公开规范性文件30件,其中新制定3件。", NOTHING),
    ("主动公开政府信息300条,其中历年政府信息200条。", NOTHING),
    ("区长参加在线访谈3次。", NOTHING),
    ("党务公开信息12条。", NOTHING),
    ("向区档案馆、图书馆送交公开政府信息30件。", NOTHING),
    ("通过区档案馆、图书馆公开政府信息12条。", [year("disclosed_items", 12)]),
    ("局网站审核发布信息1200条。", NOTHING),
    ("局网站审核并上传信息300条。", NOTHING),
    ("主动公开政府信息300条(含下属单位)。", NOTHING),
    ("主动公开政府信息300条(不含下属单位)。", [year("disclosed_items", 300)]),
    ("主动公开政府信息300条,其中局机关120条、下属单位180条。", NOTHING),
    ("包括下属单位在内,我局公开政府信息300条。", NOTHING),
    ("我局(含下属单位)公开政府信息300条。", NOTHING),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    SEVERAL_PLACES
    + ANOTHER_FIGURE_BETWEEN
    + OTHER_TIMES
    + MORE_APPLICATIONS
    + UNDONE
    + NOT_THE_YEAR
    + MORE_THAN_THE_OFFICE,
)
def test_shape(text: str, expected: list[tuple[str, object, str, str]]) -> None:
    assert said(read(text)) == set(expected)


@pytest.mark.parametrize(
    ("agency", "text"),
    [
        ("测试市东风街道办事处", "东风街道共主动公开政府信息140条。"),
        ("测试市东风街道", "东风街道办事处主动公开政府信息140条。"),
        ("东风街道办事处", "东风街道办事处未收到政府信息公开申请。"),
        ("测试市水务局", "今年来我局收到政府信息公开申请3件。"),
    ],
)
def test_the_office_under_another_form_of_its_name_is_no_other_body(agency: str, text: str) -> None:
    result = statements(document(text), whole(text), FORMS, year=YEAR, agency=agency)
    assert [found.scope for found in result.observations] == [None]


@pytest.mark.parametrize(("text", "expected"), PUBLISHED + TIMES + APPLICATIONS + PEOPLE_AND_EVENTS)
def test_statement(text: str, expected: list[tuple[str, object, str, str]]) -> None:
    assert said(read(text)) == set(expected)


@pytest.mark.parametrize(("text", "rows"), ZEROS)
def test_zero(text: str, rows: list[str]) -> None:
    result = read(text)
    assert said(result) == {year(row, 0) for row in rows}
    assert all(found.printed == ("number" if "0" in text else "text") for found in result.observations)


def test_a_pronoun_is_an_application_under_a_heading_that_says_so() -> None:
    text = "本年度未收到该项申请。"
    assert said(read(text, "三、收到和处理政府信息公开申请情况")) == {year("applications_received", 0)}
    assert said(read(text)) == set()


def test_scope_is_the_body_named_as_the_subject() -> None:
    def scopes(text: str) -> list[str | None]:
        return [found.scope for found in read(text).observations]

    assert scopes("全区各单位共主动公开政府信息9000条。") == ["全区各单位"]
    assert scopes("实验小学公开政府信息30条。") == ["实验小学"]
    assert scopes("各学校均未收到政府信息公开申请。") == ["各学校"]
    assert scopes("对全市各学校开展政务公开培训3次。") == [None]
    assert scopes("全区公开政府信息3000条,我局公开政府信息200条。") == ["全区", None]
    assert scopes("微信公众号阅读量12万次。") == ["微信公众号"]


def test_an_interview_off_the_website_is_not_counted_as_one_on_it() -> None:
    assert said(read("全年举办3期在线访谈。")) == {year("online_interviews", 3)}
    assert said(read("全年在门户网站、官方微博举办3期在线访谈。")) == {year("online_interviews", 3)}
    assert said(read("我局通过官方微博开展在线访谈直播。全年共举办3期在线访谈。")) == set()
    assert said(read("官方微博发布信息30条。\n全年举办3期在线访谈。")) >= {year("online_interviews", 3)}


def test_a_body_that_a_title_speaks_of_is_not_the_one_that_acts() -> None:
    def scopes(text: str) -> list[str | None]:
        return [found.scope for found in read(text).observations]

    assert scopes("我局就“幼儿园招生答疑”“小学入学办法”等共举办10期在线访谈。") == [None]
    assert scopes("举办“小学入学办法”等共10期在线访谈。") == [None]
    assert scopes("举办《小学入学办法》等共10期在线访谈。") == [None]
    assert scopes("“小学入学办法”解读材料12条。") == [None]
    assert scopes("“实验小学”公开政府信息30条。") == ["实验小学"]
    assert scopes("开通“阳光小学”微信公众号,公开政府信息30条。") == []
    assert scopes("“全区公开政府信息30条。") == ["全区"]


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("市政府共收到政府信息公开申请310件,涉及我局5件。", "市政府"),
        ("测试市民政局收到政府信息公开申请20件。", "测试市民政局"),
        ("2019年测试市民政局未收到政府信息公开申请。", "测试市民政局"),
        ("辖区内4个街道共收到政府信息公开申请20件。", "辖区内4个街道"),
        ("5个乡镇共收到政府信息公开申请20件。", "5个乡镇"),
        ("水务局、民政局共收到政府信息公开申请20件。", "水务局、民政局"),
        ("民政局和测试市水务局共收到政府信息公开申请20件。", "民政局和测试市水务局"),
        ("民政局收到政府信息公开申请20件,我局收到政府信息公开申请20件。", "民政局"),
        ("民政局、我局共收到政府信息公开申请20件。", "民政局、我局"),
        ("市民政局和我局共收到政府信息公开申请20件。", "市民政局和我局"),
        ("市政府(含各部门)收到政府信息公开申请310件。", "市政府"),
        ("镇政府收到政府信息公开申请3件。", "镇政府"),
        ("上级部门收到政府信息公开申请3件。", "上级部门"),
        ("市水文站收到政府信息公开申请3件。", "市水文站"),
        ("河道管理处收到政府信息公开申请3件。", "河道管理处"),
        ("测试市水务局河道管理处收到政府信息公开申请3件。", "测试市水务局河道管理处"),
        ("水务系统收到政府信息公开申请3件。", "水务系统"),
        ("全市水务系统收到政府信息公开申请3件。", "全市水务系统"),
        ("我市收到政府信息公开申请300件。", "我市"),
        ("办公室收到政府信息公开申请3件。", "办公室"),
        ("局办公室公开政府信息120条。", "局办公室"),
        ("市河长办收到政府信息公开申请5件。", "市河长办"),
        ("我办收到政府信息公开申请5件。", None),
        ("全局系统收到政府信息公开申请5件。", "全局系统"),
        ("各村收到政府信息公开申请5件。", "各村"),
        ("市档案馆收到政府信息公开申请5件。", "市档案馆"),
        ("水务集团收到政府信息公开申请5件。", "水务集团"),
        ("村委会收到政府信息公开申请5件。", "村委会"),
        ("市妇联收到政府信息公开申请5件。", "市妇联"),
        ("窗口收到政府信息公开申请5件。", "窗口"),
        ("市民政局转来、我局收到政府信息公开申请3件。", None),
        ("测试市水务局共收到政府信息公开申请5件。", None),
        ("市水务局收到政府信息公开申请5件。", None),
        ("水务局办公室收到政府信息公开申请5件。", None),
        ("局办公室收到政府信息公开申请5件。", None),
        ("市委、市政府高度重视,全年收到政府信息公开申请5件。", None),
        ("经市政府批准,收到政府信息公开申请5件。", None),
    ],
)
def test_a_figure_of_another_organ_has_its_scope(text: str, scope: str | None) -> None:
    title = "测试市水务局2019年政府信息公开工作年度报告\n\n"
    found = read(title + text, year=None).observations
    assert found[0].scope == scope
    assert [one.scope for one in found[1:]] == [None] * (len(found) - 1)


@pytest.mark.parametrize(
    ("name", "agency", "same"),
    [
        ("区教委", "测试市示范区教育委员会", True),
        ("市发改委", "测试市发展和改革委员会", True),
        ("市政府", "测试市人民政府", True),
        ("市政府", "测试市人民政府办公室", False),
        ("市教育局", "测试市水务局", False),
        ("测试市水务局办公室", "测试市水务局", True),
        ("民政局和水务局", "测试市水务局", False),
    ],
)
def test_a_short_name_is_that_of_the_agency(name: str, agency: str, same: bool) -> None:
    assert is_same(name, agency) is same


def test_a_scope_holds_on_in_its_paragraph_until_the_office_is_named() -> None:
    text = (
        "全市收到政府信息公开申请9件。政府信息公开行政诉讼2件。我局公开政府信息5条。\n\n政府网站发布信息4条。"
    )
    assert [found.scope for found in read(text).observations] == ["全市", "全市", None, None]


def test_wrapped_lines_are_read_as_one() -> None:
    text = "本年度全局认真落实条例的各项要求并不断完善各项工作制度,共收到政府信息公开申\n请12件。"
    assert said(read(text)) == {year("applications_received", 12)}


def test_to_date_has_its_date() -> None:
    def dates(text: str, year: int | None = YEAR) -> list[str | None]:
        return [found.as_of for found in read(text, year=year).observations]

    assert dates("截至11月30日,官方微博发布信息30条。") == ["2019-11-30"]
    assert dates("截至2019年底,官方微博发布信息30条。") == ["2019"]
    assert dates("截至12月底,官方微博发布信息30条。") == ["2019-12"]


def test_the_same_value_twice_is_one_observation_with_two_places() -> None:
    (found,) = read("收到政府信息公开申请3件。\n\n全年共受理依申请公开3件。").observations
    assert len(found.evidence) == 2
    assert (found.status, found.methods) == ("stated", ("pattern",))


def test_different_values_of_a_row_are_disputed() -> None:
    result = read("全年网站共更新信息200条。\n\n全年网站共更新信息250条。")
    assert [(found.value, found.status, found.accepted) for found in result.observations] == [
        (200, "disputed", False),
        (250, "disputed", False),
    ]
    assert all(found.candidates == (200, 250) for found in result.observations)
    (finding,) = result.findings
    assert (finding.rule, finding.severity) == ("narrative.contradiction", "warning")


def test_a_part_above_its_whole_is_disputed() -> None:
    result = read("官方微信发布信息900条。\n\n微信和微博共发布信息400条。")
    assert {(found.value, found.status) for found in result.observations} == {
        (900, "disputed"),
        (400, "disputed"),
    }


def test_qualified_values_that_fit_each_other_are_no_contradiction() -> None:
    result = read("主动公开政府信息312条。\n\n公开政府信息共300余条。")
    assert [found.status for found in result.observations] == ["stated", "stated"]
    assert result.findings == ()


def test_two_figures_for_a_row_in_one_sentence_are_parts() -> None:
    assert said(read("官方微博甲发布信息30条,官方微博乙发布信息40条。")) == set()


def test_parts_that_add_up_verify_each_other() -> None:
    result = read("主动公开政府信息600条,其中政府网站公开350条,微信公众号公开250条。")
    assert all(
        (found.status, found.rules) == ("verified", ("narrative.sum",)) for found in result.observations
    )
    assert len(result.observations) == 3


def test_parts_without_a_row_keep_their_wording() -> None:
    result = read("网站共发布信息60条。其中,通知公告类20条,工作动态类40条。")
    others = [found for found in result.observations if found.indicator == "narrative.other.count"]
    assert [(found.value, found.label, found.status) for found in others] == [
        (20, "正文/通知公告类", "verified"),
        (40, "正文/工作动态类", "verified"),
    ]
    assert result.observations[0].status == "verified"


def test_a_list_ends_where_something_else_is_counted() -> None:
    text = "共主动公开政府信息50条,其中网站公开政府信息30条,官方微信发布信息20条,阅读量9万余人次。"
    status = {found.indicator.split(".")[1]: found.status for found in read(text).observations}
    assert status == {
        "disclosed_items": "verified",
        "disclosed_website": "verified",
        "disclosed_wechat": "verified",
    }


def test_parts_that_do_not_add_up_prove_nothing() -> None:
    result = read("网站共发布信息60条。其中,通知公告类20条,工作动态类30条。")
    assert [(found.value, found.status) for found in result.observations] == [(60, "stated")]


def test_a_total_over_approximate_parts_proves_nothing() -> None:
    result = read("网站共发布信息60条。其中,通知公告类近20条,工作动态类40条。")
    assert [found.status for found in result.observations] == ["stated"]


def test_parts_that_leave_nothing_over_and_do_not_add_up_are_reported() -> None:
    result = read("办理建议提案10件(人大代表建议4件、政协提案5件)。")
    assert [(finding.rule, finding.severity) for finding in result.findings] == [("narrative.sum", "warning")]
    assert {found.status for found in result.observations} == {"stated"}


def test_channels_elsewhere_that_make_the_total_verify_it() -> None:
    result = read("主动公开政府信息320条。\n\n网站公开信息300条。\n\n微信公众号推送信息20条。")
    assert [found.status for found in result.observations] == ["verified"] * 3


def test_tables_furniture_and_plans_are_not_read() -> None:
    text = "主动公开政府信息1条。主动公开政府信息1条。"
    half = len(text) // 2
    tables = [("disclosure", 0, half)]
    result = statements(
        document(text, (Span(start=half, end=len(text)),)), whole(text), FORMS, tables, year=YEAR
    )
    assert result.observations == ()
    assert read("主动公开政府信息1条。", "七、2020年工作思路").observations == ()


def test_evidence_is_what_stands_in_the_source() -> None:
    text = "  一、情 况\n\n2019年,我局主 动公开政府信\u3000息 1,024 条。"
    (found,) = read(text).observations
    (evidence,) = found.evidence
    assert text[evidence.start : evidence.end] == evidence.quote
    assert found.value == 1024
    assert "1,024 条" in evidence.quote


def test_the_year_is_found_in_the_title_when_none_is_given() -> None:
    text = "某局2016年政府信息公开工作年度报告\n\n2015年主动公开政府信息3条。2016年主动公开政府信息4条。"
    assert said(read(text, year=None)) == {
        year("disclosed_items", 3, period="previous_year"),
        year("disclosed_items", 4),
    }


@pytest.mark.parametrize(
    "clause",
    [
        "收到申请12件,",
        "网站发布信息3条,其中",
        "未发生",
        "未",
        "主动公开政府信息300条。",
        "、行政复议",
        "(",
        "《",
        "微信",
        "自",
        "甲局、",
        "通过",
        "除外",
        "2018年至",
    ],
)
def test_time_is_linear_on_hostile_text(clause: str) -> None:
    def seconds(size: int) -> float:
        text = clause * (size // len(clause))
        begin = time.process_time()
        read(text)
        return time.process_time() - begin

    seconds(1_000)
    assert seconds(120_000) < 12 * max(seconds(30_000), 0.05)


def test_a_word_is_no_body() -> None:
    text = "其中站在我方的9件,办9件"
    assert other_organ(text, 0, text.index("9"), "测试市水务局") is None
    assert other_organ(text, 0, text.rindex("9"), "测试市水务局") is None
    named = "气象站收到9件"
    assert other_organ(named, 0, named.index("9"), "测试市水务局") == ("气象站", 3)


def test_a_report_on_a_part_of_a_year_states_nothing_of_the_year() -> None:
    title = "测试市水务局2022年上半年政府信息公开工作报告"
    text = f"{title}\n一、概述\n我局主动公开政府信息120条。\n"
    found = extract(read_text(text, "t.txt"), load_forms())
    assert not [one for one in found.observations if one.indicator.startswith("narrative.")]
    whole = extract(read_text(text.replace("上半年", ""), "t.txt"), load_forms())
    assert whole["narrative.disclosed_items.count"].value == 120


def test_a_megabyte_of_one_clause_takes_seconds() -> None:
    text = "全年收到信息公开申请12件," * 80_000
    begin = time.process_time()
    read(text)
    assert time.process_time() - begin < 30


def test_a_megabyte_of_the_longest_sentences_takes_seconds() -> None:
    text = ("全年收到信息公开申请12件," * 140 + "。") * 570
    begin = time.process_time()
    read(text)
    assert time.process_time() - begin < 30


# Made by reading the reports, before the patterns were run on them.
TRUTH: dict[str, set[tuple[str, object, str, str]]] = {
    "000": {
        year("disclosed_wechat", 3000, "over"), year("disclosed_wechat", 1000, "under"),
        year("disclosed_items", 7800, "over"), year("disclosed_newspaper", 117),
        year("disclosed_wechat", 5, period="day"), year("applications_received", 3),
        year("complaints", 0), year("reconsiderations", 0), year("litigations", 0),
    },
    "001": {
        year("disclosed_items", 3294), year("applications_received", 0), year("disclosed_website", 3241),
        year("reads", 240000, "over"), year("disclosed_wechat", 53), year("reads", 100000, "over"),
        *(year("other", part) for part in (17, 649, 123, 32, 15, 35, 2370)),
    },
    "002": {
        year("disclosed_website", 4971), year("columns", 19), year("website_visits", 900000),
        year("disclosed_weibo", 1095), year("weibo_followers", 460000), year("disclosed_wechat", 734),
        year("wechat_followers", 540000, "over"), year("reads", 5300000), year("disclosed_short_video", 139),
        year("video_plays", 3100000), year("consultations_answered", 1271),
        year("consultations_answered", 223), year("consultations_answered", 58),
        year("suggestions_and_proposals", 143), year("npc_suggestions", 42), year("cppcc_proposals", 101),
        year("applications_received", 19), year("applications_received_online", 18),
        year("applications_received_letter", 1), year("reconsiderations", 0), year("litigations", 0),
        year("staff", 2), year("trainings", 5),
    },
    "003": {
        year("disclosed_website", 1100, "over"), year("press_conferences", 10, "over"),
        year("applications_received", 17), year("complaints", 0), year("consultations_answered", 10350),
        year("online_interviews", 10), year("disclosed_weibo", 5941), year("video_plays", 3020000, "over"),
        year("disclosed_wechat", 850, "over"), year("reads", 60000000, "about"), year("npc_suggestions", 43),
        year("cppcc_proposals", 119),
    },
    "004": {
        year("wechat_followers", 75000, "over"), year("disclosed_wechat", 1356, period="to_date"),
        year("disclosed_weibo", 3700, "over", "to_date"), year("disclosed_website", 3853),
        year("complaints", 0), year("reconsiderations", 0), year("litigations", 0), year("fees_charged", 0),
    },
}  # fmt: skip
VERIFIED = {
    "000": set(),
    "001": {3294, 3241, 53, 17, 649, 123, 32, 15, 35, 2370},
    "002": {143, 42, 101, 19, 18, 1},
    "003": set(),
    "004": set(),
}
DISPUTED = {"000": {3000, 1000}}
WITHIN = 0.6


def report(name: str) -> str:
    found = sorted(REPORTS.glob(f"{name}_*.txt"))
    if not found:
        pytest.skip(f"the real reports are not at {REPORTS}")
    return found[0].read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_real_report(name: str) -> None:
    text = report(name)
    result = read(text, year=None)
    found, truth = said(result), TRUTH[name]
    missing = sorted(truth - found, key=str)
    print(f"{name}: {len(found & truth)} of {len(truth)} statements, missing {missing}")
    assert found - truth == set()
    assert len(found & truth) >= WITHIN * len(truth)
    for status, values in (("verified", VERIFIED[name]), ("disputed", DISPUTED.get(name, set()))):
        assert {one.value for one in result.observations if one.status == status} == values
    for observation in result.observations:
        for evidence in observation.evidence:
            assert text[evidence.start : evidence.end] == evidence.quote
            assert len(evidence.quote) <= 100
            assert observation.printed == "text" or re.search("[0-9十百千]", evidence.quote)


@pytest.mark.parametrize(
    "agency", ["测试市财政局", "测试市生态环境局", "测试区应急管理和安全生产监督局", "测试县扶贫办"]
)
def test_the_name_of_an_agency_is_no_topic(agency: str) -> None:
    text = f"{agency}2020年政府信息公开工作年度报告\n一、总体情况\n全年主动公开政府信息120条。\n"
    found = structure(text)
    assert found["narrative.disclosed_items.count"].value == 120


def test_cases_of_the_place_in_the_report_of_one_of_its_offices_stay_open() -> None:
    head = "测试市水务局2020年政府信息公开工作年度报告\n一、总体情况\n"
    for said_ in (
        "市政府信息公开行政复议3件。",
        "区政府政府信息公开行政复议3件。",
        "市政府信息公开办收到政府信息公开申请5件。",
    ):
        assert not [o for o in structure(head + said_).observations if o.indicator.startswith("narrative.")]


@pytest.mark.parametrize("second", ["测试市水务局2021年", "测试市教育局2020年"])
def test_a_second_report_in_the_file_is_not_read_as_the_first(second: str) -> None:
    text = (
        "测试市水务局2020年政府信息公开工作年度报告\n一、总体情况\n全年主动公开政府信息120条。\n"
        f"{second}政府信息公开工作年度报告\n一、总体情况\n全年收到政府信息公开申请13件。\n"
    )
    found = structure(text)
    assert found["narrative.disclosed_items.count"].value == 120
    assert "narrative.applications_received.count" not in {one.indicator for one in found.observations}
