"""Regions and levels of government, as far as an agency's name settles them."""

from __future__ import annotations

import re
from typing import NamedTuple

# Prefecture-level cities (民政部 list of administrative divisions). 市 alone does not settle a level:
# a city that is not listed here is a county-level one, or a misprint, and its level stays open.
_CITY_NAMES = """
石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 太原 大同 阳泉 长治 晋城
朔州 晋中 运城 忻州 临汾 吕梁 呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔
乌兰察布 沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛 长春
吉林 四平 辽源 通化 白山 松原 白城 哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯
七台河 牡丹江 黑河 绥化 南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州
宿迁 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 合肥 芜湖 蚌埠 淮南
马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城 福州 厦门 莆田 三明
泉州 漳州 南平 龙岩 宁德 南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶
济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽 莱芜
郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口
驻马店 武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 长沙 株洲 湘潭
衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 广州 韶关 深圳 珠海 汕头 佛山
江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮 南宁 柳州
桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左 海口 三亚 三沙 儋州
成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安
巴中 资阳 贵阳 六盘水 遵义 安顺 毕节 铜仁 昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧
拉萨 日喀则 昌都 林芝 山南 那曲 西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛
兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 西宁 海东 银川 石嘴山
吴忠 固原 中卫 乌鲁木齐 克拉玛依 吐鲁番 哈密
"""
_CITIES = frozenset(_CITY_NAMES.split())
_LISTED = "|".join(sorted(_CITIES, key=len, reverse=True))
_PROVINCE = (
    "河北省|山西省|辽宁省|吉林省|黑龙江省|江苏省|浙江省|安徽省|福建省|江西省|山东省|河南省"
    "|湖北省|湖南省|广东省|海南省|四川省|贵州省|云南省|陕西省|甘肃省|青海省"
    "|内蒙古自治区|广西壮族自治区|西藏自治区|宁夏回族自治区|新疆维吾尔自治区"
)
_MUNICIPALITY = "北京市|天津市|上海市|重庆市"
_NAME = "[\u4e00-\u9fff]"
# 市场, 市政 and 市容 (but 市政府) are words of their own: 清河县市场监督管理局 is one of a county.
_MARKED_CITY = "市(?<!城市)(?!场|容|政(?![府协法])|民(?![政族宗防营]))"
_NO_COUNTY = "[^\\W0-9a-zA-Z_县区旗]"
# 城市, 社区, 园区, 新区 and the like are no regions; a zone's level cannot be told from its name.
_PARTS = re.compile(
    rf"(?P<province>{_PROVINCE}|{_MUNICIPALITY})?"
    rf"(?P<city>{_NAME}{{2,10}}?(?:自治州|地区|盟)|(?:{_LISTED})市|{_NO_COUNTY}{{2,5}}?{_MARKED_CITY})?"
    rf"(?P<county>{_NAME}{{2,10}}?自治县|{_NAME}{{1,5}}?(?:区(?![域划块间])|县(?![域级])|旗)"
    rf"|{_NO_COUNTY}{{2,4}}?{_MARKED_CITY})?"
    rf"(?P<town>{_NAME}{{1,5}}?(?:镇(?![路街江村域])|乡(?![村镇])|街道))?"
)
_NATIONAL = re.compile(
    r"(?:国家|国务院|中华人民共和国)(?:[\u4e00-\u9fff]{0,14}?(?:总局|总署|委员会|办公厅|局|部|署))?"
)
"""A body of the country; what follows its name is the office that it keeps in some place."""
_PARTY = "中共"
"""What a party committee's name begins with, before its place."""
_LONG = (
    ("街道办事处", "街道"),
    ("人民政府", "政府"),
    ("委员会", "委"),
    ("办公室", "办"),
    ("办公厅", "办"),
)
"""What the names of bodies end with, in full and short."""
_NO_REGION = re.compile(
    "(?:社|园|景|新|开发|高新|工业|度假|示范|保税|功能|试验|军|特|校|库|片|小|林|管理)区$|城市$"
    "|城镇$|城乡$|(?:市|局|厅|委|会)[区县]$"
)
_ZONE = re.compile("新区|开发区|高新|园区|度假区|示范区|保税|管理区|功能区")


class Region(NamedTuple):
    """A region as the name prints it, and its level where that is certain."""

    name: str
    level: str | None


class Parts(NamedTuple):
    """The regions that a name begins with, from the widest; "" where it names none, and what follows them."""

    province: str
    city: str
    county: str
    town: str
    rest: str

    @property
    def places(self) -> list[str]:
        """The regions that are named."""
        return [part for part in self[:4] if part]


def parts_of(agency: str) -> Parts:
    """The regions an agency's name begins with, one by one; none of a name that they cannot be told from."""
    agency = agency.removeprefix(_PARTY)
    found = _PARTS.match(agency)
    if found is None or _ZONE.search(agency) or _NATIONAL.match(agency):
        return Parts("", "", "", "", agency)
    named = [found[part] or "" for part in ("province", "city", "county", "town")]
    end = found.end()
    if named[3] and not _real(named[3]):  # 住房和城乡 is no town
        end, named[3] = found.start("town"), ""
    if any(part and not _real(part) for part in named[1:]):
        return Parts(named[0], "", "", "", agency[len(named[0]) :])
    return Parts(named[0], named[1], named[2], named[3], agency[end:])


def is_city(name: str) -> bool:
    """Whether a name is that of a prefecture-level city, with 市 or without: there is only one of each."""
    return name.removesuffix("市") in _CITIES


def is_of_place(place: str, agency: str | None) -> bool:
    """Whether a place, in full (某市某区), short (某区) or by its kind alone (区), is the one that an agency
    is of; of a town's also those around it, whose site it shares. True where the agency's cannot be told."""
    named = parts_of(agency).places if agency else []
    if not named or not place:
        return True
    known = named if named[-1].endswith(("镇", "乡", "街道")) else named[-1:]
    if len(place) == 1:
        return any(part.endswith(place) for part in known)
    inner = parts_of(place).places
    return inner[-1] in known if inner else any(place in part or place.endswith(part[:-1]) for part in known)


def is_another_body(one: str, other: str) -> bool:
    """Whether two names cannot be those of one body, one of them short (市水务局) or abbreviated (教委)."""
    short, full = sorted((one, other), key=len)
    if full.endswith(short) or (full.startswith(short) and "政府" in full[len(short) :]):
        return False
    places = [parts_of(name).places[-1:] for name in (short, full)]
    if all(places) and places[0] != places[1]:
        return True
    return not abbreviates(short, full)


def abbreviates(name: str, full: str) -> bool:
    """Whether a name may be a fuller one with words left out: 区教委 of 某区教育委员会."""
    for long, short in _LONG:
        name, full = name.replace(long, short), full.replace(long, short)
    rest = iter(full)
    return name[-1] == full[-1] and all(char in rest for char in name)


def region_of(agency: str) -> Region | None:
    """The region an agency's full name begins with; None when the name does not begin with one."""
    agency = agency.removeprefix(_PARTY)
    national = _NATIONAL.match(agency)
    if national is not None:
        if national.end() == len(agency):
            return Region("全国", "country")
        agency = agency[national.end() :]
    found = _PARTS.match(agency)
    if found is None or not found[0]:
        return None
    city, county, town = (_real(found[part]) for part in ("city", "county", "town"))
    if _ZONE.search(agency) or (found["city"] and not city):
        return None
    name = "".join(part for part in (found["province"], city, county, town) if part)
    return Region(name, _level(found["province"], city, county, town)) if name else None


def _real(part: str | None) -> str | None:
    return part if part and not _NO_REGION.search(part) else None


def _level(province: str | None, city: str | None, county: str | None, town: str | None) -> str | None:
    if town:
        return "township"
    if county:
        return "county"
    if city:
        settled = city.endswith(("州", "地区", "盟")) or city.removesuffix("市") in _CITIES
        return "city" if settled else None
    return "province" if province else None
