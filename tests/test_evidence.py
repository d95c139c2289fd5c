"""Evidence: typed, kept and listed."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gkcheck.evidence.parse import read_evidence_cell
from gkcheck.model import Evidence
from gkcheck.text.dates import read_day


@pytest.fixture
def store(tmp_path, monkeypatch):
    path = tmp_path / "journal.jsonl"
    monkeypatch.setenv("GKCHECK_STORE", str(path))
    return path


def evidence_of(gk, task=23):
    return gk("show", task, "--format", "json").json()["assignments"][0]["evidence"]


# -- typed ----------------------------------------------------------------------------------------------


def test_an_address_with_title_and_day(gk):
    gk("done", 23, "--evidence", "https://a.gov.cn/1.html", "--title", "招生方案", "--published", "2019年11月1日")
    assert evidence_of(gk) == [
        {"kind": "url", "value": "https://a.gov.cn/1.html", "title": "招生方案", "published": "2019-11-01"}
    ]


def test_several_pieces_pair_in_order(gk):
    gk("done", 23, "-e", "https://a.gov.cn/1", "-e", "台府办〔2019〕1号",
       "--title", "一", "--title", "二", "--published", "2019-11-01", "--published", "")  # fmt: skip
    assert evidence_of(gk) == [
        {"kind": "url", "value": "https://a.gov.cn/1", "title": "一", "published": "2019-11-01"},
        {"kind": "text", "value": "台府办〔2019〕1号", "title": "二"},
    ]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("招生方案|https://a.gov.cn/1|2019-11-01", ("url", "https://a.gov.cn/1", "招生方案", "2019-11-01")),
        ("https://a.gov.cn/1｜20191101", ("url", "https://a.gov.cn/1", None, "2019-11-01")),
        ("会议记录|市政府第5次常务会议", ("text", "市政府第5次常务会议", "会议记录", None)),
        ("www.a.gov.cn/1", ("url", "http://www.a.gov.cn/1", None, None)),
        ("文字：见附件.pdf", ("text", "见附件.pdf", None, None)),
        ("HTTPS://A.gov.cn", ("url", "HTTPS://A.gov.cn", None, None)),
    ],
)
def test_one_piece_in_one_word(gk, typed, expected):
    gk("done", 23, "--evidence", typed)
    kind, value, title, published = expected
    wanted = {"kind": kind, "value": value, "title": title, "published": published}
    assert evidence_of(gk) == [{name: said for name, said in wanted.items() if said is not None}]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-e", "https://a.gov.cn", "-e", "b", "--title", "一"], "分不清"),
        (["--title", "一"], "没有 --evidence"),
        (["-e", "https://a.gov.cn", "--published", "2019-02-30"], "不是日期"),
        (["-e", "https://"], "不是完整的网址"),
        (["-e", "http://a b"], "不是完整的网址"),
        (["-e", "ftp://a.gov.cn/1"], "不是 http 或 https"),
        (["-e", "file:///etc/passwd"], "不是 http 或 https"),
        (["-e", "没有的文件.pdf"], "没有文件"),
        (["-e", "./没有"], "没有文件"),
        (["-e", " "], "佐证是空的"),
        (["-e", "/"], "是一个目录"),
        (["-e", "|"], "佐证是空的"),
    ],
)
def test_what_cannot_be_evidence_is_refused(gk, store, arguments, said):
    answer = gk("done", 23, *arguments)
    assert (answer.code, said in answer.err, store.exists()) == (2, True, False), answer


def test_the_same_evidence_again_writes_nothing(gk, store):
    for _ in range(2):
        gk("done", 23, "--evidence", "方案|https://a.gov.cn/1|2019-11-01")
    assert len(store.read_text("utf-8").splitlines()) == 2


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("https://a.gov.cn/1.html", [("url", "https://a.gov.cn/1.html", None, None)]),
        ("招生方案：https://a.gov.cn/1（2019-11-01）", [("url", "https://a.gov.cn/1", "招生方案", "2019-11-01")]),
        ("一 http://a.cn/1\n\n二、http://a.cn/2 2019年11月2日", [("url", "http://a.cn/1", "一", None), ("url", "http://a.cn/2", "二", "2019-11-02")]),
        ("http://a.cn/1；http://a.cn/2。", [("url", "http://a.cn/1", None, None), ("url", "http://a.cn/2", None, None)]),
        ("方案|http://a.cn/1|2019-11-01", [("url", "http://a.cn/1", "方案", "2019-11-01")]),
        ("台府办〔2019〕1号", [("text", "台府办〔2019〕1号", None, None)]),
        (" - \n：", []),
        ("\x1f", []),
    ],
)  # fmt: skip
def test_a_cell_is_read_line_by_line(cell, expected):
    assert [(item.kind, item.value, item.title, item.published) for item in read_evidence_cell(cell)] == expected


@given(st.text(max_size=200))
def test_no_cell_crashes_the_reader(text):
    for item in read_evidence_cell(text, "2019-11-01"):
        assert item.value


@given(st.text(alphabet="0123456789-年月日./０１２ ", max_size=14))
def test_no_day_crashes_the_reader(text):
    day = read_day(text)
    assert day is None or 1 <= day.year <= 9999


def test_evidence_without_an_address_is_text():
    assert read_evidence_cell("会议记录")[0] == Evidence("text", "会议记录")


# -- files ----------------------------------------------------------------------------------------------


def test_a_file_is_kept_under_its_hash_and_outlives_the_original(gk, store, tmp_path):
    original = tmp_path / "会议记录.pdf"
    original.write_bytes(b"%PDF-1.4 " + bytes(range(256)))
    digest = hashlib.sha256(original.read_bytes()).hexdigest()
    gk("done", 23, "--evidence", original, "--title", "常务会议", "--published", "2019-11-01")
    assert evidence_of(gk) == [
        {"kind": "file", "value": "会议记录.pdf", "title": "常务会议", "published": "2019-11-01", "sha256": digest}
    ]
    original.unlink()
    kept = store.with_name("journal.jsonl.evidence") / digest
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == digest
    if os.name != "nt":
        assert [stat.S_IMODE(path.stat().st_mode) for path in (kept, kept.parent)] == [0o600, 0o700]
    answer = gk("check")
    assert (answer.code, "佐证文件" in answer.out) == (0, True)
    assert [path.name for path in kept.parent.iterdir()] == [digest]


@pytest.mark.parametrize("harm", ["altered", "gone"])
def test_check_finds_a_kept_file_that_is_altered_or_gone(gk, store, tmp_path, harm):
    original = tmp_path / "照片.jpg"
    original.write_bytes(b"\xff\xd8 photo")
    gk("done", 23, "--evidence", original)
    (kept,) = store.with_name("journal.jsonl.evidence").iterdir()
    if harm == "gone":
        kept.unlink()
    else:
        kept.write_bytes(b"\xff\xd8 phot0")
    answer = gk("check")
    assert (answer.code, "照片.jpg" in answer.out) == (1, True)
    told = gk("check", "--format", "json")
    (problem,), sound = (json.loads(told.out)[key] for key in ("problems", "sound"))
    assert (told.code, problem["line"], "照片.jpg" in problem["message"]) == (1, None, True)
    assert [one["part"] for one in sound] == ["plan", "journal"]
    assert sound[0]["tasks"] == 37
    assert answer.out.startswith(f"{problem['file']}: {problem['message']}\n")
    assert gk("evidence", "--check").code == 1
    # Handing the same file in again mends it.
    gk("note", 23, "--evidence", original)
    assert gk("check").code == 0


def test_a_dry_run_and_a_refusal_keep_no_file(gk, store, tmp_path):
    original = tmp_path / "a.txt"
    original.write_text("x")
    gk("done", 23, "--evidence", original, "--dry-run")
    gk("confirm", 24, "--evidence", original)
    assert not store.with_name("journal.jsonl.evidence").exists()


def test_an_empty_file_is_no_evidence(gk, tmp_path):
    (tmp_path / "空.txt").touch()
    assert "是空的" in gk("done", 23, "--evidence", tmp_path / "空.txt").err


def test_a_folder_that_cannot_be_written_refuses_the_entry(gk, store, tmp_path):
    """A file that cannot be kept is not recorded: the claim would name what nobody has."""
    store.with_name("journal.jsonl.evidence").write_text("in the way")
    original = tmp_path / "a.txt"
    original.write_text("x")
    answer = gk("done", 23, "--evidence", original)
    assert (answer.code, store.exists()) == (2, False)
    assert "存不进" in answer.err


# -- listed ---------------------------------------------------------------------------------------------


def test_evidence_is_listed_for_a_unit_with_what_covers_the_whole_task(gk):
    gk("done", 6, "--evidence", "甲文")
    gk("done", 6, "--unit", "税务局", "--evidence", "乙文")
    gk("done", 6, "--unit", "公安局", "--evidence", "丙文")
    gk("done", 23, "--evidence", "丁文")
    gk("undo")
    assert [item["value"] for item in gk("evidence", "--format", "json").json()] == ["甲文", "乙文", "丙文"]
    found = gk("evidence", "--unit", "税务局", "--format", "json").json()
    assert [(item["unit"], item["value"]) for item in found] == [(None, "甲文"), ("市税务局", "乙文")]
    assert "全部责任单位" in gk("evidence").out
    for form in ("csv", "tsv", "md"):
        assert "乙文" in gk("evidence", "--format", form).out


@pytest.mark.parametrize("name", ["pipe", "link to a pipe", "device", "socket", "pipe.pdf"])
def test_what_is_no_file_is_no_evidence(gk, tmp_path, store, name):
    """A pipe or a device was recorded as words; reading one might never end."""
    path = tmp_path / name
    if name == "device":
        path = "/dev/zero"
    elif name == "socket":
        opened = socket.socket(socket.AF_UNIX)
        opened.bind(str(path))
    elif name == "link to a pipe":
        os.mkfifo(tmp_path / "fifo")
        path.symlink_to(tmp_path / "fifo")
    else:
        os.mkfifo(path)
    for typed in (path, f"标题|{path}|2019-11-01"):
        answer = gk("done", 23, "--evidence", typed)
        assert (answer.code, answer.err.count("\n"), store.exists()) == (2, 1, False)
        assert "是管道或设备" in answer.err


def test_check_names_what_a_person_should_look_at(gk, tmp_path, monkeypatch):
    """A claim that went back, and the lost file of a batch that was undone: both end in exit code 1."""
    monkeypatch.setenv("GKCHECK_STORE", str(tmp_path / "台账.jsonl"))
    proof = tmp_path / "证明.txt"
    proof.write_text("有")
    assert gk("done", 23, "--evidence", proof).code == 0
    assert gk("undo").code == 0
    assert gk("check").code == 0
    assert gk("done", 23).code == gk("reopen", 23).code == 0
    checked = gk("check")
    assert (checked.code, "又改为“未开始”" in checked.out) == (1, True)
    assert gk("undo").code == 0
    assert gk("check").code == 0
    for path in (tmp_path / "台账.jsonl.evidence").iterdir():
        path.unlink()
    assert "佐证文件“证明.txt”不在" in gk("check").out
