"""The command line: parse, call one or two functions, print, exit. One file a family of commands.

A command's module is imported when the command is used, so that none pays for the others; `app` puts
them together. This file loads nothing, so that completion can look here without loading typer.
"""

from typing import NamedTuple


class Listed(NamedTuple):
    """Where a command is, and its line in the overview."""

    module: str
    summary: str


COMMANDS = {
    "tasks": Listed("query", "列出具体要求；加 --unit 只看一个单位要做的"),
    "show": Listed("query", "一项具体要求的全文、责任单位、状态和记录"),
    "status": Listed("query", "汇总：各状态数量、上报率、办结率、逾期、序时进度"),
    "matrix": Listed("export", "单位与具体要求的对照表，一格一个字"),
    "units": Listed("query", "责任单位名录，各单位的任务量和进度"),
    "done": Listed("record", "报告完成"),
    "start": Listed("record", "报告开始办理"),
    "block": Listed("record", "报告受阻，说明原因"),
    "skip": Listed("record", "标为不涉及"),
    "reopen": Listed("record", "重新打开，回到未开始"),
    "note": Listed("record", "加一条备注，不改状态"),
    "fill": Listed("interactive", "一个单位逐项填报，一问一答"),
    "evidence": Listed("evidence", "列出佐证；加 --check 检查网址和文件"),
    "confirm": Listed("review", "办公室审核：确认办结"),
    "return": Listed("review", "办公室审核：退回，说明理由"),
    "review": Listed("interactive", "办公室逐项审核已报告的，一问一答"),
    "deadline": Listed("review", "设定或取消时限"),
    "form": Listed("forms", "给每个责任单位写一份填报表（xlsx）"),
    "collect": Listed("forms", "收回填好的填报表，记入台账"),
    "remind": Listed("remind", "催办单：每个还有责任项没有完成的单位一份"),
    "export": Listed("export", "把台账导出成 xlsx、csv、tsv、json、md、docx、html"),
    "report": Listed("export", "通报：html、docx 或 md"),
    "undo": Listed("undo", "撤销最近一批（或指定的一批）记录"),
    "log": Listed("history", "记录的历史"),
    "import": Listed("import_notice", "把公开印发的通知读成责任分工表"),
    "check": Listed("check", "检查责任分工表、日志和佐证文件"),
    "repair": Listed("repair", "把日志里损坏的行移到旁边"),
    "merge": Listed("repair", "把别处的日志并进来"),
    "push": Listed("database", "把本机日志里的新记录送上数据库"),
    "store": Listed("database", "在数据库里建表（init）、给账号授权（grant）或收回（revoke）"),
    "where": Listed("check", "现在用的是哪张责任分工表、哪个日志"),
    "config": Listed("config", "查看和设定默认单位、填报人、责任分工表和日志"),
}
