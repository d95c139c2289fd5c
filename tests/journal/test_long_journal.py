"""A long journal with everything odd in it: every answer at the front door is the same with its index and without."""

from __future__ import annotations

import json
import random

import pytest

from gkcheck.journal import file_store, index, record_format
from gkcheck.model import Action, Draft, Every, Evidence
from tests.journal.faults import PLAN
from tests.journal.test_lines import signed

ENTRIES = 20_000

UNITS = ("市教育局", "市财政局", "市发展改革局", "市卫生健康局", "台城街道", None)
ACTIONS = (*[Action.START, Action.DONE, Action.NOTE, Action.BLOCK, Action.REOPEN] * 4, Action.CONFIRM, Action.RETURN)
ACTIONS += (Action.SKIP, Action.DEADLINE, Action.REMIND)

COMMANDS = (
    ["tasks"], ["tasks", "--unit", "市教育局"], ["tasks", "--status", "returned"], ["tasks", "--format", "json"],
    ["tasks", "--as-of", "2019-08-01"], ["status"], ["status", "--by", "unit"], ["status", "--format", "json"],
    ["status", "--as-of", "2019-11-30"], ["status", "--as-of", "2019-03-01"], ["show", "23"], ["show", "1", "--format", "json"],
    ["show", "23", "--unit", "市教育局"], ["units"], ["matrix"], ["log", "--unit", "市财政局"], ["log", "5"],
    ["log", "--later"], ["log", "-n", "7"], ["evidence", "--unit", "市教育局"], ["remind", "--dry-run"],
    ["undo", "--dry-run", "--by", "测试"], ["undo", "00000000001f", "--dry-run"], ["undo", "0000000003e8", "--dry-run", "--force"],
    ["undo", "nothing", "--dry-run"], ["done", "23", "--unit", "市教育局", "--dry-run"],
)  # fmt: skip


def odd_line(chance, seq, batch):
    """One of the lines that no plain writer makes, or a plain one."""
    action = chance.choice(ACTIONS)
    at = f"2019-{seq * 11 // ENTRIES + 1:02}-{chance.randint(1, 28):02}T{chance.randint(0, 23):02}:00:00"
    if chance.random() < 0.02:
        earlier = chance.randrange(max(1, seq - 200), seq + 1)
        draft = Draft(Action.UNDO, undoes=f"{earlier:012x}")
    else:
        draft = Draft(
            action,
            task=chance.randint(1, 37),
            unit=chance.choice(UNITS) if chance.random() < 0.99 else '带"引号"的单位',
            of="0" * 16 if chance.random() < 0.5 else None,
            note=chance.choice([None, "", "已公布", '两行\n引号"', "\x07"]),
            problem=chance.choice([None] * 5 + ["经费没有落实"]),
            next=chance.choice([None] * 5 + ["下月办理"]),
            evidence=chance.choice([()] * 4 + [(Evidence("url", "https://a.example/1", title="标题"),)]),
            on=chance.choice([None] * 6 + ["2019-05-01", "2019-12-31", "2099-01-01"]),
            due="2019-10-01" if action is Action.DEADLINE else None,
            every=Every.QUARTER if action is Action.DEADLINE and chance.random() < 0.02 else None,
            letter=seq if action is Action.REMIND else None,
        )
    zone = chance.choice(["+08:00"] * 9 + ["+00:00", "-05:30"])
    return record_format.encode(draft, seq=seq, at=at + zone, by=chance.choice(["测试", "张三"]), batch=batch)


def long_journal(path, order):
    """Write entries with undos of undos, other zones, facts of days to come, damaged and unknown lines."""
    chance = random.Random(2019)
    lines = []
    for seq in range(1, ENTRIES + 1):
        lines.append(odd_line(chance, seq, f"{seq - seq % 3 * (chance.random() < 0.2):012x}"))
        if seq % 997 == 0:
            lines.append(
                chance.choice([b"damaged\n", b"\n", lines[-1].replace(b"seq", b"sep"), signed({"seq": seq}) + b"\n"])
            )
    if order == "merged":
        lines = lines[:8_000] + lines[12_000:] + lines[7_000:12_000]
    path.write_bytes(record_format.header(PLAN) + b"".join(lines))


def answers(gk, path):
    return {" ".join(command): gk(*command, "--store", path) for command in COMMANDS}


@pytest.mark.long
@pytest.mark.parametrize("order", ["in order", "merged"])
def test_every_answer_is_that_of_the_journal_read_whole(gk, tmp_path, monkeypatch, order):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "journal.jsonl"
    long_journal(path, order)
    assert path.stat().st_size > 10 * file_store.LONG_JOURNAL
    with monkeypatch.context() as patch:
        patch.setattr(file_store, "LONG_JOURNAL", 1 << 60)
        whole = answers(gk, path)
    builds = []
    build = index.read_whole
    monkeypatch.setattr(index, "read_whole", lambda *arguments: builds.append(1) or build(*arguments))
    for _ in range(2):  # the index is built, and used
        indexed = answers(gk, path)
        for command in whole:
            assert indexed[command].code == whole[command].code, command
            assert indexed[command].out == whole[command].out, command
    assert builds == [1]
    assert json.loads(whole["status --format json"].out)["assignments"]
    refused = [command for command, answer in whole.items() if answer.code]
    assert "undo nothing --dry-run" in refused
    assert all(command.startswith("undo ") for command in refused), "where later entries build on the batch"
    assert all(len(answer.out + answer.err) > 20 for answer in whole.values())
