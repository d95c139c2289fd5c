"""The things that a run takes from outside its command line: every variable of the environment and every file, for `gkcheck env`."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from gkcheck.cli.context import Context
from gkcheck.cli.streams import typed
from gkcheck.config import KEYS, config_path
from gkcheck.contacts import contacts_path
from gkcheck.errors import BadPlugin, GkcheckError
from gkcheck.journal.stores import display_store, is_server
from gkcheck.paths import cache_directory, data_directory
from gkcheck.types import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

    from gkcheck.plugins import Plugin

VARIABLES = {
    **{f"GKCHECK_{key.upper()}": purpose for key, purpose in KEYS.items()},
    "GKCHECK_LOCK_TIMEOUT": "别的 gkcheck 正在写入时最多等多少秒",
    "GKCHECK_PAGER": "分页程序，空的就是不分页；同 --no-pager",
    "GKCHECK_WIDE_SIGNS": "“”、…、─ 等符号在终端里占两格；表格对不齐时设为 1",
    "GKCHECK_QUIET": "不显示提示和进度条；同 --quiet",
    "GKCHECK_DEBUG": "程序自己出错时显示详情；同 --debug",
    "GKCHECK_CI": "测试用：缺少程序算失败",
    "PAGER": "分页程序，GKCHECK_PAGER 没有设定时用它",
    "NO_COLOR": "设了就不用颜色，优先于下面三项",
    "FORCE_COLOR": "设了就用颜色，写进管道时也用",
    "CLICOLOR_FORCE": "设了又不是 0，同 FORCE_COLOR",
    "CLICOLOR": "0 是不用颜色",
    "TERM": "终端的种类，dumb 是不用颜色、不分页",
    "COLUMNS": "终端的宽度，没有设定就问终端",
    "LINES": "终端的高度，没有设定就问终端",
    "HOME": "主目录",
    "XDG_DATA_HOME": "数据目录（Linux）",
    "XDG_CONFIG_HOME": "配置目录（Linux）",
    "XDG_CACHE_HOME": "缓存目录（Linux）",
    "ZDOTDIR": "安装 zsh 补全时 .zshrc 所在的目录",
    "SHELL": "安装补全时认不出 shell 就用它",
    "LOGNAME": "没有设定填报人时用登录名",
    "USER": "没有 LOGNAME 时的登录名",
    "LNAME": "没有 USER 时的登录名",
    "USERNAME": "没有 LNAME 时的登录名（Windows）",
    "PYTHONUTF8": "1 是文件名和输出都用 UTF-8",
    "PYTHONIOENCODING": "输出的编码",
    "HTTP_PROXY": "检查佐证网址用的代理",
    "HTTPS_PROXY": "检查佐证网址用的代理（https）",
    "ALL_PROXY": "检查佐证网址用的代理（没有上两项时）",
    "NO_PROXY": "不用代理的主机",
    "SSL_CERT_FILE": "检查佐证网址时信任的证书",
    "PGHOST": "数据库的主机，地址里没有写时用",
    "PGPORT": "数据库的端口",
    "PGDATABASE": "数据库的名称",
    "PGUSER": "数据库的账号",
    "PGPASSWORD": "数据库的密码，不显示",
    "PGPASSFILE": "数据库密码的文件",
    "PGSERVICE": "数据库的服务名",
    "PGSERVICEFILE": "数据库服务名的文件",
    "PGSSLMODE": "连接数据库的加密方式",
    "PGSSLROOTCERT": "数据库的根证书",
    "PGCONNECT_TIMEOUT": "连接数据库最多等多少秒",
}
"""Every variable of the environment that is read here or by a library for us, and what it is for."""

_SECRET = "（已设，不显示）"
_USER_IN_ADDRESS = re.compile(r"//[^/@]{1,500}@")


class PluginInUse(NamedTuple):
    """A format of another package: what it is for, its suffix, the package, and why it is not used, where it is not."""

    use: str
    suffix: str
    package: str
    problem: str | None


def plugins_in_use() -> list[PluginInUse]:
    """Return every format of another package, those that cannot be used with the reason."""
    from gkcheck.plugins import EXPORTERS, IMPORTERS, plugins

    use = {EXPORTERS: "导出", IMPORTERS: "导入"}
    return [
        PluginInUse(use[plugin.entry.group], plugin.suffix, plugin.package, _problem_of(plugin))
        for plugin in plugins(*use)
    ]


def _problem_of(plugin: Plugin) -> str | None:
    """Return why the format of a package is not used; None where it is."""
    from gkcheck.exporters.registry import Exporter, own_exporters
    from gkcheck.importers.formats.blocks import Format
    from gkcheck.importers.formats.registry import own_suffixes
    from gkcheck.plugins import EXPORTERS, load_format

    exports = plugin.entry.group == EXPORTERS
    kind: type[Any] = Exporter if exports else Format
    if plugin.suffix in ([exporter.suffix for exporter in own_exporters()] if exports else own_suffixes()):
        return f"插件 {plugin.package} 的 {plugin.suffix} 是 gkcheck 自己的格式，没有用插件的"
    try:
        load_format(plugin.entry.group, plugin.suffix, kind)
    except BadPlugin as error:
        return str(error)
    return None


class PlaceInUse(NamedTuple):
    """A file or a folder: where it is, if it is there, and what is wrong where that cannot be told."""

    purpose: str
    path: str | None
    exists: bool
    problem: str | None


def values() -> dict[str, str | None]:
    """Return every variable with its value as it may be shown, None where it is not set."""
    return {name: _shown(name, _value(name)) for name in VARIABLES}


def unknown() -> list[str]:
    """Return the variables that begin with GKCHECK_ and are none of ours: a spelling gone wrong."""
    return sorted(name for name in os.environ if name.startswith("GKCHECK_") and name not in VARIABLES)


def _value(name: str) -> str | None:
    """Return the value of a variable; those of proxies are written small as well, and then come first."""
    small = os.environ.get(name.lower()) if name.endswith("_PROXY") else None
    return os.environ.get(name) if small is None else small


def _shown(name: str, value: str | None) -> str | None:
    """Return a value without the password that it may hold."""
    if not value:
        return value
    if name == "PGPASSWORD":
        return _SECRET
    value = typed(value)
    if name == "GKCHECK_STORE":
        return display_store(value)
    return _USER_IN_ADDRESS.sub("//…@", value) if name.endswith("_PROXY") else value


def places(context: Context) -> dict[str, PlaceInUse]:
    """Return every file and folder of a run by a short name; one that cannot be told does not hide the others."""
    ways: Mapping[str, tuple[str, Callable[[], Path | str]]] = {
        "plan": ("责任分工表", lambda: Path(context.plan_path)),
        "store": ("日志", lambda: context.store_name if is_server(context.store) else Path(context.store_path)),
        "evidence": ("佐证文件", lambda: context.evidence_folder),
        "config": ("用户配置", config_path),
        "contacts": ("联系人名册", contacts_path),
        "data": ("数据目录", data_directory),
        "cache": ("缓存目录，可以删除", cache_directory),
    }
    return {name: _place(purpose, way) for name, (purpose, way) in ways.items()}


def _place(purpose: str, way: Callable[[], Path | str]) -> PlaceInUse:
    try:
        path = way()
    except GkcheckError as error:
        return PlaceInUse(purpose, None, False, str(error))
    return PlaceInUse(purpose, str(path), isinstance(path, str) or os.path.exists(path), None)
