"""The user's settings: a small JSON file of defaults. Every run reads it, so it must cost next to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from gkcheck.errors import BadConfig, BadRequest, UnreadableConfig, refusal
from gkcheck.paths import config_directory

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


def config_path() -> Path:
    """Return the path of the user's settings; the file need not exist."""
    return config_directory() / "config.json"


class Config(NamedTuple):
    """The entries of a settings file as they stand there, those of other versions included; `fault`: why there are none."""

    name: str
    entries: Mapping[str, Any]
    fault: str = ""

    def get(self, key: str) -> str | None:
        """Return a setting, None where it is not set.

        Raises:
            BadConfig: the file cannot be read as settings, or this one is not text.
        """
        if self.fault:
            raise BadConfig(self.fault)
        value = self.entries.get(key)
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


def load_config(path: Path) -> Config:
    """Return the settings in a file; none where there is no file.

    Raises:
        UnreadableConfig: the file cannot be read.
    """
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return Config(str(path), {})
    except OSError as error:
        raise UnreadableConfig(f"读不了配置文件 {path}：{refusal(error, '请检查它，或改正、删除后重试')}") from None
    return read_config(data, str(path))


def read_config(data: bytes, name: str) -> Config:
    """Return the settings in the bytes of a file; `name` is its name in messages."""
    import json

    remedy = f"请改正或删除 {name}，或用 gkcheck config unset 把它移开"
    try:
        entries = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return Config(name, {}, f"配置文件不是合法的 JSON，{remedy}")
    if not isinstance(entries, dict):
        return Config(name, {}, f"配置文件应是“键: 值”的 JSON 对象，{remedy}")
    return Config(name, entries)


def render_config(config: Config) -> bytes:
    """Return settings as the bytes of their file, in the order of `KEYS`, those of other versions last."""
    import json

    entries = config.entries
    ordered = {key: entries[key] for key in (*KEYS, SEEN, *config.unknown) if key in entries}
    return (json.dumps(ordered, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "backslashreplace")


def save_config(config: Config) -> None:
    """Write the user's settings.

    Raises:
        BadConfig: they cannot be written.
    """
    from gkcheck.atomic_files import make_private, replace

    path = config_path()
    try:
        make_private(path.parent)
        replace(path, render_config(config))
    except OSError as error:
        raise _unwritable(path, error) from None


def move_config_aside() -> Path:
    """Give a settings file that cannot be read another name, and return it; no file is replaced.

    Raises:
        BadConfig: it cannot be renamed.
    """
    path = config_path()
    names = (path.with_name(f"{path.name}.bad{number or ''}") for number in range(10_000))
    aside = next(name for name in names if not name.exists())
    try:
        path.rename(aside)
    except OSError as error:
        raise _unwritable(path, error) from None
    return aside


def _unwritable(path: Path, error: OSError) -> BadConfig:
    return BadConfig(f"写不了配置文件 {path}：{refusal(error, '请检查权限')}")
