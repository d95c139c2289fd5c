"""The user's settings: a small JSON file of defaults. Every run reads it, so it must cost next to nothing."""

from __future__ import annotations

from pathlib import Path

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


def load_config(path: Path) -> dict[str, str]:
    """Return the settings in a file; none where there is no file.

    Raises:
        UnreadableConfig: the file cannot be read. BadConfig: it holds anything but known keys with text.
    """
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise UnreadableConfig(f"读不了配置文件 {path}：{refusal(error, '请检查它，或改正、删除后重试')}") from None
    return read_config(data, str(path))


def read_config(data: bytes, name: str) -> dict[str, str]:
    """Return the settings in the bytes of a file; `name` is its name in messages. Raises as `load_config`."""
    import json

    remedy = f"请改正或删除 {name}"
    try:
        settings = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise BadConfig(f"配置文件不是合法的 JSON，{remedy}") from None
    if not isinstance(settings, dict):
        raise BadConfig(f"配置文件应是“键: 值”的 JSON 对象，{remedy}")
    for key, value in settings.items():
        if key not in KEYS and key != SEEN:
            raise BadConfig(f"配置文件有不认识的键“{key}”，可用的键：{'、'.join(KEYS)}，{remedy}")
        if not isinstance(value, str) or not value.strip():
            raise BadConfig(f"配置文件的 {key} 应是一段文字，{remedy}")
    return settings


def render_config(settings: dict[str, str]) -> bytes:
    """Return settings as the bytes of their file, in the order of `KEYS`."""
    import json

    ordered = {key: settings[key] for key in (*KEYS, SEEN) if key in settings}
    return (json.dumps(ordered, ensure_ascii=False, indent=2) + "\n").encode()


def save_config(settings: dict[str, str]) -> None:
    """Write the user's settings.

    Raises:
        BadConfig: they cannot be written.
    """
    from gkcheck.atomic_files import make_private, replace

    path = config_path()
    try:
        make_private(path.parent)
        replace(path, render_config(settings))
    except OSError as error:
        raise BadConfig(f"写不了配置文件 {path}：{refusal(error, '请检查权限')}") from None
