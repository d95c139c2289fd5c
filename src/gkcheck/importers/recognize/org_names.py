"""Names of accountable bodies (市教育局, 各县（市、区）人民政府, 规划处（健身办）), of classes of them, and of persons."""

from __future__ import annotations

import re
from functools import lru_cache

from gkcheck.text.script import folded

_SURE = "局厅委办科处室股署"
_ENDS = (
    "局|厅|委|办|科|处|室|股|署|部|院|所|站|队|团|社|会|厂|场|校|园|馆|台|网|行|司|组|庭|中心|街道|街|镇|乡|村|区|县|市|州|省|旗|盟|"
    "政府|公司|集团|学校|大学|学院|银行|单位|部门|机构|企业|专班|联|党组|工委|党委|纪委|监委|法院|检察院|协会|人行|专员|镇街|乡镇|"
    "县区|市区|园区|开发区|新区|地区|办事处|管委会|成员|各地|全体|主体|平台公司|科室|股室|处室|委办局|局委|局办|法制办|编办|团中央|科协|作协|高校|院校|机关|群团|医院|幼儿园|社区|基地|企事业|运营商|指挥部|领导小组|国资|政法|宣传|人社"
)
_END = re.compile(rf"(?:{_ENDS})$")
_NOT = re.compile(
    r"(?:发布会|座谈会|听证会|见面会|推介会|大会|例会|社会|机会|会议|全部|干部|内部|运行|执行|进行|实行|推行|可行|发行|现场|市场|立场|平台|出台|"
    r"上网|官网|联网|全网|场所|网站|农村|乡村|全县|全市|全省|全区|数据库|公园|校园|入库|到位|团队|我市|我县|本市|城市|超市|上台|负责人|同志|联系人)$"
)
_ACTING = re.compile(
    r"做好|推进|加强|开展|组织(?!部|人事)|召开|落实|完善|建立|制定|举办|公开(?!办|科)|发布(?!科)|清理|修订|报送|列出|把|对|将|向|要|应|每|统一(?!战线)|重点|继续|深化|优化|强化|"
    r"推动|加快|提高|提升|规范(?!处|科|股)|明确|确保|梳理|编制(?!办)|解读|回应|主动|及时|定期|扩大|设立|成立|配齐|建好|管好|用好|办好|抓好|打造|整合|升级|支持|引导|鼓励|探索|理顺|讲清|抓|以|从|在(?!线)|按|与|使|让|给|未|不|已|是|需|请|由"
)
_BRACKET = re.compile(r"(?:\([^()]*\)|<[^<>]*>|〔[^〔〕]*〕|\[[^\[\]]*\])$")
_CLASS = re.compile(
    r"^(?:全?[市省区县州镇乡旗盟局]|我[市省区县局])?(?:直属?)?各|(?:有关|相关|各|所有|成员|涉及|直属|市直|区直|县直|省直|州直)(?:的|各)?(?:职能|责任|业务|行政|主管)?(?:单位|部门|机构|企业|科室|处室|股室|镇街|企事业单位)$"
)
_PERSON = re.compile(
    r"(?:同志|书记|市长|区长|县长|镇长|乡长|州长|省长|局长|主任|处长|科长|股长|院长|常委|秘书长|厅长|调研员|巡视员)$"
)
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭何林罗高郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任沈姚卢姜崔钟谭陆汪范石廖贾韦夏付方邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严赖覃洪武莫孔汤"
)


@lru_cache(maxsize=8192)
def without_brackets(name: str) -> str:
    """Return the shape of a name without a closing bracket (规划处（健身办） → 规划处) and without blanks."""
    shape = re.sub(r"\s+", "", folded(name))
    while len(cut := _BRACKET.sub("", shape)) < len(shape) and cut:
        shape = cut
    return shape


@lru_cache(maxsize=8192)
def is_org_name(name: str) -> bool:
    """True if a text reads as the name of one body or of a class of bodies."""
    shape = without_brackets(name)
    if not 2 <= len(shape) <= 45 or re.search(r"[。!?:%\"“”;]|\d{2}", shape) or _NOT.search(shape):
        return False
    if re.search(r"^各项|都涉|都[要应]|均[为须应]|应当|必须|任务|要求", shape) and not shape.startswith("涉及"):
        return False
    if is_group_name(name):
        return True
    if not _END.search(shape):
        return False
    if _ACTING.match(shape):
        return len(shape) <= 8 and shape[-1] in _SURE
    return (
        len(shape) <= 16
        or shape[-1] in _SURE
        or bool(re.search(r"(?:公司|集团|委员会|分局|支行|中心|政府|管委会|单位|部门|支队|总队|大队)$", shape))
    )


@lru_cache(maxsize=8192)
def is_group_name(name: str) -> bool:
    """True if a name is a printed class of bodies (各镇（街）, 市直各单位, 区政府有关部门) and not one body."""
    shape = without_brackets(name)
    return (
        bool(_CLASS.search(shape))
        or bool(re.search(r"部门(?:和|及|、|与)(?:单位|机构|企业|企事业单位)$", shape))
        or bool(re.match(r"涉及.+(?:单位|部门|机构|企业)$", shape))
        or bool(re.search(r"直(?:属)?(?:各|有关|相关)", shape))
    )


@lru_cache(maxsize=8192)
def is_person(name: str) -> bool:
    """True if a text reads as a person: a name of three characters with a common surname, or a name with a title."""
    shape = re.sub(r"\s+", "", folded(name))
    if _PERSON.search(shape):
        return len(shape) <= 10
    if is_org_name(name):
        return False
    return (
        bool(shape)
        and shape[0] in _SURNAMES
        and (len(shape) == 3 or (len(shape) == 2 and shape[1] == "某") or shape[1:] == "某某")
    )


def is_bare_ending(text: str) -> bool:
    """True if a text is the last word of names and no name by itself (政府, 中心)."""
    return bool(re.fullmatch(_ENDS, folded(text)))


_ENTERPRISE = re.compile(r"(?:公司|集团|企业|厂|合作社|银行|商行|研究院|研究所|实验室|大学|学院|工作室)$")


def is_enterprise_name(name: str) -> bool:
    """True if a text names a firm or an institute and not an office (甲河云织科技有限公司)."""
    return is_org_name(name) and not is_group_name(name) and bool(_ENTERPRISE.search(without_brackets(name)))


_OFFICE = re.compile(
    r"(?:局|厅|委|办|科|处|室|股|署|部|政府|办事处|管委会|街道|党工委|纪委|监委|法院|检察院|总队|支队)$"
)
_DIVISION = re.compile(r"^[市省区县州镇乡街旗盟](?!区|域|级|场|政)")


def is_office_name(name: str) -> bool:
    """True if a text names an office and cannot be the subject of a heading (市教育局, not 培育市场主体)."""
    shape = without_brackets(name)
    return (is_org_name(name) and len(shape) >= 3) and (
        is_group_name(name)
        or bool(_DIVISION.match(shape))
        or (bool(_OFFICE.search(shape)) and not _ACTING.match(shape))
    )


def is_certain_org_name(name: str) -> bool:
    """True if a text is a body's name for certain: long enough, or with an ending that ordinary words seldom have."""
    shape = without_brackets(name)
    return is_org_name(name) and (len(shape) >= 3 or shape[-1] in _SURE or is_group_name(name))
