"""The options that several commands share, each spelled once; a command gives them help texts of its own."""

from __future__ import annotations

from gkcheck import labels
from gkcheck.cli.output import Format
from gkcheck.cli.params import Argument, Option
from gkcheck.model import Action, Qualifier, Role, Status
from gkcheck.types import Annotated

UNIT = Option("--unit", "-u", metavar="单位", completes="unit")
FORMAT = Option("--format", "-f", short_for={"--json": "json"}, metavar="格式")
BY = Option("--by")
FORCE = Option("--force")
OUTPUT = Option("--output", "-o", completes="file")
ROLE = Option("--role", metavar="职责")
YES = Option("--yes", "-y")
FROM = Option("--from", metavar="单位", completes="unit")

# -- what a run works with: these may stand before the command or after it --------------------------------

PlanFile = Annotated[
    str | None, Option("--plan", metavar="文件", help="责任分工表（YAML）；默认用内置的表", completes="file")
]
StorePath = Annotated[
    str | None,
    Option("--store", metavar="路径", help="日志文件；默认在用户数据目录，每张表一个", completes="file"),
]
NoPager = Annotated[bool, Option("--no-pager", help="长的结果不分页（分页程序取自 PAGER）")]
Quiet = Annotated[bool, Option("--quiet", "-q", help="不显示提示和进度条；结果和警告照样显示")]
DEBUG = "--debug"
Debug = Annotated[bool, Option(DEBUG, help="程序自己出错时显示详情，报告给维护者用")]


def settings(
    plan: PlanFile = None,
    store: StorePath = None,
    no_pager: NoPager = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Declare the settings of a run, which every command takes."""


# -- what is listed ---------------------------------------------------------------------------------------

UnitFilter = Annotated[
    list[str] | None,
    UNIT("责任单位或类别（即它的成员）：名称、别名、简称、繁体或拼音首字母；可以写多个，用顿号或逗号分开"),
]
UnitWords = Annotated[
    list[str] | None, Argument("单位", "责任单位或类别，与 --unit 相同；可以写多个", completes="unit")
]
SectionFilter = Annotated[
    list[str] | None,
    Option("--section", metavar="编号", help="工作任务：编号或标题的一部分，可以写多个", completes="section"),
]
RoleFilter = Annotated[list[Role] | None, ROLE("职责，可以写多个", words=lambda: labels.ROLE_WORDS)]
StatusFilter = Annotated[
    list[str] | None,
    Option(
        "--status",
        metavar="状态",
        help="状态，可以写多个；加 --unit 时指这些单位的状态",
        choices=lambda: [*Status, *Qualifier],
        words=lambda: labels.STATUS_WORDS,
    ),
]
MATCH = Option("--match", metavar="文字", help="具体要求中含有这些文字；空格分开的几个词都要有")
TextFilter = Annotated[list[str] | None, MATCH]
ActionFilter = Annotated[
    list[Action] | None,
    Option("--action", metavar="动作", help="只看这种动作，可以写多个", words=lambda: labels.ACTION_WORDS),
]
ChannelFilter = Annotated[str | None, Option("--channel", metavar="文字", help="要求在这个平台发布")]
NamedOnly = Annotated[bool, Option("--named", help="只看点名的，不看通过“市直各单位”等类别涉及的")]
Mine = Annotated[bool, Option("--mine", help="只看默认单位的（用 gkcheck config set unit 设定）")]
OverdueOnly = Annotated[bool, Option("--overdue", help="只看逾期的")]
DUE_BY = Option("--due-by", also=("--due", "--before"), metavar="日期", help="只看这一天之前（含）到期而没有完成的")
DueBy = Annotated[str | None, DUE_BY]
AS_OF = Option("--as-of", metavar="日期", help="看这一天结束时的状态，之后的记录不计；默认今天")
AsOf = Annotated[str | None, AS_OF]
SINCE = Option("--since", metavar="日期", help="从这一天（含）起")
REPLY_BY = Option(
    "--reply-by", metavar="日期", help="请单位在这一天之前（含）答复；默认 7 天后，可用 gkcheck config 设定"
)
OutputFormat = Annotated[Format, FORMAT("输出格式")]

# -- what is recorded -------------------------------------------------------------------------------------

TaskNumbers = Annotated[list[str], Argument("编号", "具体要求：23、二十三、30-32，可以写多个", completes="task")]
RecordedUnit = Annotated[
    list[str] | None, UNIT("只记这些责任单位或类别，可以写多个；默认取 GKCHECK_UNIT 或 gkcheck config")
]
NOTE = Option("--note", "-n", also=("-m", "--comment"), metavar="文字", help="备注")
Note = Annotated[str | None, NOTE]
PROBLEM = Option("--problem", metavar="文字", help="存在问题")
ProblemText = Annotated[str | None, PROBLEM]
NEXT = Option("--next", metavar="文字", help="下一步措施")
NextStep = Annotated[str | None, NEXT]
EVIDENCE = Option(
    "--evidence",
    "-e",
    metavar="佐证",
    help="网址、文件或文号，或“标题|网址|发布日期”，可以写多次",
    completes="file",
)
EvidenceItems = Annotated[list[str] | None, EVIDENCE]
TITLE = Option("--title", metavar="文字", help="佐证的标题，与 --evidence 一一对应")
EvidenceTitles = Annotated[list[str] | None, TITLE]
PublicationDays = Annotated[
    list[str] | None, Option("--published", metavar="日期", help="佐证的发布日期，与 --evidence 一一对应")
]
ON = Option("--on", also=("--date",), metavar="日期", help="办理日期，默认今天")
DayDone = Annotated[str | None, ON]
RecordedBy = Annotated[str | None, BY("填报人；默认取 GKCHECK_BY、gkcheck config 或登录名", metavar="姓名")]
DRY_RUN = Option("--dry-run", help="只显示将记录的内容，不写入")
DryRun = Annotated[bool, DRY_RUN]
Yes = Annotated[bool, YES("没有写全名的类别也不问，直接记录")]

# -- what is written --------------------------------------------------------------------------------------

Overwrite = Annotated[bool, FORCE("覆盖已有的文件")]
