"""The user's settings: a small TOML file of defaults, or the JSON file of before, which the first change turns into it.

Every run reads it, so it must cost next to nothing: tomllib, 2 ms, is loaded only where there is a file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from gkcheck.errors import BadConfig, BadRequest, UnreadableConfig, refusal
from gkcheck.paths import CONFIG, config_directory, own_path
from gkcheck.types import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

KEYS = {
    "unit": "默认单位：记录时不写 --unit 就记它",
    "by": "填报人：记录时不写 --by 就用它",
    "plan": "责任分工表：不写 --plan 就用它",
    "store": "日志：不写 --store 就用它",
    "letter_code": "催办单的发文代字：不写 --code 就用它；默认“催办”",
    "contact": "催办单的联系人：不写 --contact 就用它",
    "phone": "催办单的联系电话：不写 --phone 就用它",
    "sealed": "落款留出盖章的位置：是或否；默认否",
    "bulletin_to": "通报的主送单位：不写 --to 就用它",
    "bulletin_copies": "通报的抄送单位：不写 --copies 就用它",
    "bulletin_demand": "通报的下一步工作要求：不写 --demand 就用它",
    "reply_days": "催办单的回复期限：不写 --reply-by 就是这么多天以后；默认 7",
}
"""The settings, each with its description."""

ONE_LINE = ("by", "letter_code", "contact", "phone", "bulletin_to", "bulletin_copies", "bulletin_demand")
"""The settings that are a line of text, taken as it was typed."""

YES, NO = "是", "否"
"""The values of `sealed`."""

SEEN = "store_seen"
"""The key under which the journal named by `store` is noted once it has been there."""


REPLY_DAYS = 7
"""The days that a letter leaves for an answer where no setting says otherwise."""


def read_reply_days(value: str) -> int:
    """Return the days that a letter leaves for an answer: 0 (the same day) to 366.

    Raises:
        BadRequest: the value is no such number.
    """
    if not (value.strip().isascii() and value.strip().isdigit() and len(value.strip()) <= 3 and int(value) <= 366):
        raise BadRequest(f"reply_days“{value}”应是天数，0 到 366，例如 7；可用 gkcheck config set reply_days 7 改正")
    return int(value)


def is_quiet() -> bool:
    """True if only answers and warnings are wanted (-q or GKCHECK_QUIET)."""
    return bool(os.environ.get("GKCHECK_QUIET"))


_FILE, _OLD_FILE = "config.toml", "config.json"


def config_path() -> Path:
    """Return the path of the user's settings; the file need not exist."""
    return config_directory() / _FILE


def old_config_path() -> Path:
    """Return the path of the settings of before, which are read as long as there are no others."""
    return config_directory() / _OLD_FILE


class Config(NamedTuple):
    """The entries of a settings file as they stand there, those of other versions included; `fault`: why there are none."""

    name: str
    entries: Mapping[str, Any]
    fault: str = ""

    def get(self, key: str) -> str | None:
        """Return a setting, None where it is not set; a number of days and a yes or no may be written as such.

        Raises:
            BadConfig: the file cannot be read as settings, or this one is not text.
        """
        if self.fault:
            raise BadConfig(self.fault)
        value = self.entries.get(key)
        if key == "sealed" and isinstance(value, bool):
            return YES if value else NO
        if key == "reply_days" and type(value) is int:
            return str(value)
        if key in self.entries and not (isinstance(value, str) and value.strip()):
            raise BadConfig(
                f"配置文件 {self.name} 的 {key} 应是一段文字，请用 gkcheck config set {key} 改正，或用 gkcheck config unset {key} 取消"
            )
        return value

    @property
    def unknown(self) -> list[str]:
        """The keys that this version does not know."""
        return [key for key in self.entries if key not in KEYS and key != SEEN]

    def changed(self, key: str, value: str | None) -> Config:
        """Return the settings with one set, or with None taken away."""
        others = {name: kept for name, kept in self.entries.items() if name != key}
        return self._replace(entries=others if value is None else {**others, key: value})


def load_config() -> Config:
    """Return the user's settings; none where there is no file, a fault where there are two that say different things.

    Raises:
        UnreadableConfig: a file cannot be read.
    """
    path, old_path = own_path(CONFIG, _FILE), own_path(CONFIG, _OLD_FILE)
    old_data = _content(old_path)  # read first: whoever turns it into the new file writes that before it goes
    data = _content(path)
    if data is None:
        return Config(path, {}) if old_data is None else read_json(old_data, old_path)
    config = read_toml(data, path)
    if old_data is None or config.fault:
        return config
    old = read_json(old_data, old_path)
    if old.fault or {**old.entries, SEEN: ""} != {**config.entries, SEEN: ""}:
        fault = f"{path} 之外还有以前的 {old_path}，内容不同，请把要用的写进前一个，删除后一个，或用 gkcheck config unset 把它移开"
        return Config(old_path, {}, fault)
    return config


def _content(path: str | Path) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UnreadableConfig(f"读不了配置文件 {path}：{refusal(error, '请检查它，或改正、删除后重试')}") from None


def read_toml(data: bytes, name: str) -> Config:
    """Return the settings in the bytes of a file; `name` is its name in messages."""
    import tomllib

    try:
        return Config(name, tomllib.loads(data.decode("utf-8-sig")))
    except (ValueError, RecursionError) as error:
        line = str(error).rpartition("(at line ")[2].partition(",")[0]
        place = f"第 {line} 行" if line.isdigit() else ""
        return Config(name, {}, f"配置文件{place}不是合法的 TOML，{_remedy(name)}")


def read_json(data: bytes, name: str) -> Config:
    """Return the settings in the bytes of a file of before, as `read_toml`."""
    import json

    try:
        entries = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return Config(name, {}, f"配置文件不是合法的 JSON，{_remedy(name)}")
    if not isinstance(entries, dict):
        return Config(name, {}, f"配置文件应是“键: 值”的 JSON 对象，{_remedy(name)}")
    return Config(name, entries)


def _remedy(name: str) -> str:
    return f"请改正或删除 {name}，或用 gkcheck config unset 把它移开"


def render_toml(config: Config, text: str = "") -> str:
    """Return the text of a TOML file changed to say what `config` does; its comments, order and other lines stay.

    Raises:
        BadConfig: what is to be changed is written over several lines, or between quotes.
    """
    before = read_toml(text.encode(), config.name).entries
    left = {key: config.entries[key] for key in (*KEYS, SEEN, *config.unknown) if key in config.entries}
    old = text.removesuffix("\n").split("\n") if text else []
    end = next((i for i, line in enumerate(old) if line.lstrip().startswith("[")), len(old))  # where a table begins
    lines: list[str] = []
    for line in old[:end]:
        key = line.partition("=")[0].strip()
        if key not in before:
            lines.append(line)
        elif key in left:
            value = left.pop(key)
            lines.append(line if before[key] == value else _line(key, value))
    lines += [_line(key, value) for key, value in left.items() if before.get(key) != value]
    changed = "".join(f"{line}\n" for line in lines + old[end:])
    if read_toml(changed.encode(), config.name).entries != config.entries:
        raise BadConfig(f"配置文件 {config.name} 里有跨行或加引号的写法，不能代为改动；请打开它自己改")
    return changed


def _line(key: str, value: str) -> str:
    import json

    name = key if re.fullmatch("[A-Za-z0-9_-]+", key) else json.dumps(key)
    return f"{name} = {json.dumps(value, ensure_ascii=False)}".replace("\x7f", "\\u007f")


def _render_json(config: Config) -> str:
    import json

    ordered = {key: config.entries[key] for key in (*KEYS, SEEN, *config.unknown) if key in config.entries}
    return json.dumps(ordered, ensure_ascii=False, indent=2) + "\n"


def _fits_toml(entries: Mapping[str, Any]) -> bool:
    """True if all entries are text, which TOML holds as JSON does."""
    return all(
        isinstance(value, str) and not re.search("[\ud800-\udfff]", key + value) for key, value in entries.items()
    )


def save_config(config: Config) -> Path:
    """Write the user's settings, and return their file.

    The file of before becomes a TOML file and is kept under another name; it stays JSON where TOML cannot hold all of it.

    Raises:
        BadConfig: they cannot be written.
    """
    from gkcheck.atomic_files import make_private, replace

    path, old_path = config_path(), old_config_path()
    stays = config.name == str(old_path) and not _fits_toml(config.entries)
    if stays:
        path, text = old_path, _render_json(config)
    else:
        text = render_toml(config, (_content(path) or b"").decode("utf-8-sig"))
    try:
        make_private(path.parent)
        replace(path, text.encode("utf-8", "backslashreplace"))
        if not stays and old_path.is_file():
            old_path.replace(old_path.with_name(f"{old_path.name}.old"))
    except OSError as error:
        raise _unwritable(path, error) from None
    return path


def move_config_aside(name: str) -> Path:
    """Give a settings file that cannot be read another name, and return it; no file is replaced.

    Raises:
        BadConfig: it cannot be renamed.
    """
    from pathlib import Path

    path = Path(name)
    names = (path.with_name(f"{path.name}.bad{number or ''}") for number in range(10_000))
    aside = next(name for name in names if not name.exists())
    try:
        path.rename(aside)
    except OSError as error:
        raise _unwritable(path, error) from None
    return aside


def _unwritable(path: Path, error: OSError) -> BadConfig:
    return BadConfig(f"写不了配置文件 {path}：{refusal(error, '请检查权限')}")
