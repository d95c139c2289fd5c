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
    "tasks": Listed("asking", "列出具体要求；加 --unit 只看一个单位要做的"),
    "show": Listed("asking", "一项具体要求的全文、责任单位、状态和记录"),
    "status": Listed("asking", "汇总：各状态数量、上报率、办结率、逾期、序时进度"),
    "matrix": Listed("exporting", "单位与具体要求的对照表，一格一个字"),
    "units": Listed("asking", "责任单位名录，各单位的任务量和进度"),
    "done": Listed("recording", "报告完成"),
    "start": Listed("recording", "报告开始办理"),
    "block": Listed("recording", "报告受阻，说明原因"),
    "skip": Listed("recording", "标为不涉及"),
    "reopen": Listed("recording", "重新打开，回到未开始"),
    "note": Listed("recording", "加一条备注，不改状态"),
    "fill": Listed("walking", "一个单位逐项填报，一问一答"),
    "evidence": Listed("proving", "列出佐证；加 --check 检查网址和文件"),
    "confirm": Listed("reviewing", "办公室审核：确认办结"),
    "return": Listed("reviewing", "办公室审核：退回，说明理由"),
    "review": Listed("walking", "办公室逐项审核已报告的，一问一答"),
    "deadline": Listed("reviewing", "设定或取消时限"),
    "form": Listed("forming", "给每个责任单位写一份填报表（xlsx）"),
    "collect": Listed("forming", "收回填好的填报表，记入台账"),
    "remind": Listed("reminding", "催办单：每个还有责任项没有完成的单位一份"),
    "export": Listed("exporting", "把台账导出成 xlsx、csv、tsv、json、md、docx、html"),
    "report": Listed("exporting", "通报：html、docx 或 md"),
    "undo": Listed("undoing", "撤销最近一批（或指定的一批）记录"),
    "log": Listed("history", "记录的历史"),
    "import": Listed("importing", "把公开印发的通知读成责任分工表"),
    "check": Listed("upkeep", "检查责任分工表、日志和佐证文件"),
    "repair": Listed("mending", "把日志里损坏的行移到旁边"),
    "merge": Listed("mending", "把别处的日志并进来"),
    "push": Listed("serving", "把本机日志里的新记录送上数据库"),
    "store": Listed("serving", "在数据库里建表（init）、给账号授权（grant）或收回（revoke）"),
    "where": Listed("upkeep", "现在用的是哪张责任分工表、哪个日志"),
    "config": Listed("settings", "查看和设定默认单位、填报人、责任分工表和日志"),
}
