"""config and env: show and change the user's own defaults; show every variable and file that a run reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial

from gkcheck.cli.context import Context, Setting
from gkcheck.cli.options import OutputFormat
from gkcheck.cli.output import Format, answer, say
from gkcheck.cli.paper import is_yes, one_line
from gkcheck.cli.params import Argument
from gkcheck.cli.streams import talk
from gkcheck.config import (
    KEYS,
    NO,
    ONE_LINE,
    SEEN,
    YES,
    config_path,
    load_config,
    move_config_aside,
    read_reply_days,
    save_config,
)
from gkcheck.errors import BadConfig, BadRequest, GkcheckError
from gkcheck.journal.postgres.connection import check_address, is_server
from gkcheck.journal.stores import display_store
from gkcheck.lookup.unit_lists import match_unit_to_record
from gkcheck.paths import absolute
from gkcheck.table import Column, Table, table_of
from gkcheck.types import TYPE_CHECKING, Annotated

if TYPE_CHECKING:
    from typing import Any


class Change(StrEnum):
    """The changes to a setting."""

    SET = "set"
    UNSET = "unset"


class Key(StrEnum):
    """The settings."""

    UNIT = "unit"
    BY = "by"
    PLAN = "plan"
    STORE = "store"
    LETTER_CODE = "letter_code"
    CONTACT = "contact"
    PHONE = "phone"
    SEALED = "sealed"
    BULLETIN_TO = "bulletin_to"
    BULLETIN_COPIES = "bulletin_copies"
    BULLETIN_DEMAND = "bulletin_demand"
    REPLY_DAYS = "reply_days"


SOURCE = {"flag": "命令行", "environment": "环境变量", "config": "用户配置", "default": "默认"}
"""The Chinese word for where a setting comes from."""


def config(
    context: Context,
    change: Annotated[Change | None, Argument("操作", "不写就是查看")] = None,
    key: Annotated[Key | None, Argument("项目", "要设定或取消的项目")] = None,
    value: Annotated[str | None, Argument("值", "set 时的新值", completes="setting")] = None,
    format: OutputFormat = Format.TABLE,
) -> None:
    """查看、设定（set）或取消（unset）自己的默认值。以命令行所写的为先，其次环境变量，再次本设置。

    例：gkcheck config set unit 市教育局
    """
    if change is None:
        _show(context, format)
        return
    if key is None:
        raise BadRequest(f"请写明要{'设定' if change is Change.SET else '取消'}哪一项：{'、'.join(KEYS)}")
    if (value is None) is (change is Change.SET):
        raise BadRequest(f"应写成 gkcheck config {change} {key}{' 值' if change is Change.SET else ''}")
    settings = load_config()
    if settings.fault:
        if value is not None:
            raise BadConfig(settings.fault)
        say(f"{settings.fault.partition('，')[0]}，已移到 {move_config_aside(settings.name)}；{_left()}\n")
        return
    new = _check_value(context, key, value) if value is not None else None
    if key is Key.STORE:
        settings = settings.changed(SEEN, None)
    path = save_config(settings.changed(key, new))
    if new is not None:
        message = f"已设定 {key}：{_shown(key, Setting(new, 'config'))['value']}"
    else:
        message = f"已取消 {key}" if key in settings.entries else f"{key} 本来就没有设定"
    say(f"{message}（{path}）\n")


def _left() -> str:
    """Return what is set after a file was moved aside."""
    left = load_config()
    return f"现在用 {left.name}" if left.entries or left.fault else "现在没有任何设定"


def _show(context: Context, format: Format) -> None:
    values = {key: partial(_value, context, key) for key in KEYS}
    facts = {key: _shown(key, setting) for key, setting in usable_settings(context, values).items()}
    columns = (Column("项目"), Column("值", wrap=True), Column("由谁指定"), Column("用途", wrap=True))
    rows = [(key, shown_value(fact), SOURCE[fact["source"]], KEYS[key]) for key, fact in facts.items()]
    answer(format, lambda: facts, lambda: [table_of(columns, rows, notes=(f"配置文件：{config_path()}",))])


def _value(context: Context, key: str) -> str | None:
    return context.setting(key).value


def usable_settings(context: Context, values: Mapping[str, Callable[[], str | None]]) -> dict[str, Setting]:
    """Return settings by name, each with what its function makes of it; one that cannot be used has no value and is told of."""
    found: dict[str, Setting] = {}
    faults: dict[str, None] = {}
    for name, value in values.items():
        try:
            found[name] = context.setting(name)._replace(value=value())
        except BadConfig as error:
            found[name] = Setting(None, "config")
            faults[str(error)] = None
    for fault in faults:
        talk(f"警告：{fault}")
    return found


def shown_value(fact: Mapping[str, Any]) -> str:
    """Return the value of a setting as a table shows it."""
    missing = "（不能用）" if fact["source"] == "config" else "（未设）"
    return str(fact["value"] or missing)


def _shown(key: str, setting: Setting) -> dict[str, Any]:
    """Return a setting as it may be shown: the address of a server without its password."""
    value = display_store(setting.value) if key == Key.STORE and setting.value else setting.value
    return {"value": value, "source": setting.source}


def _check_value(context: Context, key: Key, value: str) -> str:
    """Return a setting as it is saved: a unit by its full name, a path from the root; refuse what cannot be used."""
    if not value.strip():
        raise BadRequest(f"{key} 的值是空的；要取消它，用 gkcheck config unset {key}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadRequest(f"{key} 的值有无法识别的字符，请检查终端的编码后重新输入") from None
    if key is Key.UNIT:
        return match_unit_to_record(context.plan, value).name  # what is recorded without --unit goes to it
    if key in ONE_LINE:
        return one_line(value, key)
    if key is Key.SEALED:
        return YES if is_yes(value) else NO
    if key is Key.REPLY_DAYS:
        return str(read_reply_days(value))
    if key is Key.STORE and is_server(value):
        check_address(value)
        return value.strip()
    path = absolute(value)
    if key is Key.PLAN:
        other = Context()
        other.flags["plan"] = str(path)
        other.plan  # noqa: B018 - refused here rather than in every later command
    elif path.is_dir():
        raise BadRequest(f"{path} 是一个目录，日志要写明文件，例如 {path / 'taishan.jsonl'}")
    return str(path)


FOUND = 1
"""The exit code where `env` shows something that cannot be used."""


def env(context: Context, format: OutputFormat = Format.TABLE) -> int:
    """列出 gkcheck 读的每一个环境变量、用的每一个文件和插件，以及现在的值。密码不显示；有用不了的退出码为 1。

    例：gkcheck env
    """
    from gkcheck.cli.environment import VARIABLES, places, plugins_in_use, unknown, values

    found, known, strange, plugins = places(context), values(), unknown(), plugins_in_use()
    problems = [f"没有 {name} 这个变量，没有用它；可用的都在上面" for name in strange]
    problems += [f"{place.purpose}：{place.problem}" for place in found.values() if place.problem]
    problems += [plugin.problem for plugin in plugins if plugin.problem]
    for key in KEYS:
        try:
            context.setting(key)
        except GkcheckError as error:
            problems.append(str(error))
    problems = list(dict.fromkeys(problems))

    def tables() -> list[Table]:
        rows = [(name, "（未设）" if value is None else value, VARIABLES[name]) for name, value in known.items()]
        rows += [(one.purpose, one.path or "（不知道）", "有" if one.exists else "还没有") for one in found.values()]
        rows += [(f"{one.suffix} 格式（{one.use}）", one.package, "插件") for one in plugins]
        columns = (Column("变量或文件"), Column("值", wrap=True), Column("说明", wrap=True))
        return [table_of(columns, rows, notes=tuple(problems))]

    facts = {
        "variables": known,
        "files": {name: {"path": place.path, "exists": place.exists} for name, place in found.items()},
        "plugins": [{"use": one.use, "suffix": one.suffix, "package": one.package} for one in plugins],
        "problems": problems,
    }
    answer(format, lambda: facts, tables)
    return FOUND if problems else 0
