"""Evidence: typed, kept, listed, and looked up on a local server with every failure."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import socket
import stat
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gkcheck.evidence.links import Limits, check_links
from gkcheck.evidence.page_metadata import decode, read_page
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
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
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


# -- looked up ------------------------------------------------------------------------------------------

GOOD = (
    '<html><head><title>招生方案</title><meta name="PubDate" content="2019-11-01 10:00"></head><body>正文</body></html>'
)
PAGES = {
    "/good": GOOD,
    "/text-date": "<title>方案</title><p>发布日期：2019年11月1日</p>",
    "/no-title": "<html><body>发布时间：2019-11-01</body></html>",
    "/empty-title": "<title> \n </title>2019-11-01",
    "/no-date": "<title>方案</title><p>没有日期，电话 0750-5520000</p><script>var d='2019-01-01'</script>",
}


BOMB = gzip.compress(b"<p>" + b" " * (8 << 20), 1)


class Site(http.server.BaseHTTPRequestHandler):
    """Every failure a site can show, by path."""

    at_once = 0
    most = 0
    guard = threading.Lock()
    crowd = threading.Barrier(8)

    def do_GET(self):
        with Site.guard:
            Site.at_once += 1
            Site.most = max(Site.most, Site.at_once)
        try:
            self.serve(self.path.split("?")[0])
        except (BrokenPipeError, ConnectionResetError):
            pass
        finally:
            with Site.guard:
                Site.at_once -= 1

    def serve(self, path):
        if path in PAGES:
            self.say(200, PAGES[path].encode())
        elif path == "/gbk":
            self.say(200, "<meta charset=gb2312><title>征地信息</title>2019-11-01".encode("gbk"), kind="text/html")
        elif path == "/gzip":
            self.say(200, gzip.compress(GOOD.encode()), extra=[("Content-Encoding", "gzip")])
        elif path == "/gzip-bomb":
            self.say(200, BOMB, extra=[("Content-Encoding", "gzip")])
        elif path == "/missing":
            self.say(404, b"none")
        elif path == "/broken":
            self.say(500, b"oops")
        elif path == "/guarded":
            self.say(412, b"")
        elif path == "/moved":
            self.say(302, b"", extra=[("Location", "/good")])
        elif path == "/loop":
            self.say(302, b"", extra=[("Location", "/loop2")])
        elif path == "/loop2":
            self.say(302, b"", extra=[("Location", "/loop")])
        elif path == "/away":
            self.say(302, b"", extra=[("Location", "file:///etc/passwd")])
        elif path.startswith("/far"):
            self.say(302, b"", extra=[("Location", f"/far{int(path[4:] or 0) + 1}")])
        elif path == "/slow":
            time.sleep(4)
        elif path == "/drip":
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            for _ in range(40):
                self.wfile.write(b"<p>")
                self.wfile.flush()
                time.sleep(0.1)
        elif path == "/huge":
            self.say(200, GOOD.encode() + b"x" * (3 << 20))
        elif path == "/pdf":
            self.say(200, b"%PDF-1.4\0", kind="application/pdf")
        elif path == "/disguised":
            self.say(200, b"%PDF-1.4\0" * 100, kind="text/html")
        elif path == "/hangs-up":
            self.connection.shutdown(socket.SHUT_RDWR)
        elif path == "/crowd":
            Site.crowd.wait(30)
            self.say(200, GOOD.encode())

    def say(self, status, body, kind="text/html; charset=utf-8", extra=()):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in extra:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def closed_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


QUICK = Limits(connect=2.0, total=2.5)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/good", None),
        ("/text-date", None),
        ("/gbk", None),
        ("/gzip", None),
        ("/pdf", None),
        ("/disguised", None),
        ("/no-title", "页面没有标题"),
        ("/empty-title", "页面没有标题"),
        ("/no-date", "页面上找不到发布日期"),
        ("/missing", "页面不存在（404）"),
        ("/broken", "网站出错（500）"),
        ("/guarded", "请人工打开核对"),
        ("/moved", "已跳转到 "),
        ("/loop", "跳转绕成了圈"),
        ("/far", "跳转超过 5 次"),
        ("/away", "不是网页的地址"),
        ("/slow", "没有回应"),
        ("/drip", "内没有取完"),
        ("/huge", "超过 2 MB"),
        ("/gzip-bomb", "超过 2 MB"),
        ("/hangs-up", "打不开"),
    ],
)
def test_every_failure_of_a_site_is_told(site, path, said):
    looked = check_links([site + path], QUICK)[site + path]
    if said is None:
        assert looked.faults == ()
    else:
        assert any(said in fault for fault in looked.faults), looked


def test_what_a_page_shows(site):
    looked = check_links([f"{site}/good", f"{site}/text-date", f"{site}/gbk", f"{site}/moved"], QUICK)
    assert {found.published for found in looked.values()} == {"2019-11-01"}
    assert looked[f"{site}/gbk"].title == "征地信息"
    assert looked[f"{site}/moved"].final == f"{site}/good"


@pytest.mark.parametrize(
    "url", ["http://no-such-host.invalid/a", "http://127.0.0.1:{port}/a", "http://[::bad/", "http://a..b/"]
)
def test_a_dead_host_is_told(url):
    url = url.format(port=closed_port())
    assert check_links([url], QUICK)[url].faults


def test_eight_at_a_time(site):
    """The site answers only once eight are asking: fewer at a time would get no answer."""
    Site.most = 0
    urls = [f"{site}/crowd?{i}" for i in range(32)]
    seen = []
    looked = check_links(urls, Limits(connect=60.0, total=60.0), lambda: seen.append(1))
    assert not any(look.faults for look in looked.values())
    assert (len(looked), len(seen), Site.most) == (32, 32, 8)


def test_the_command_checks_what_is_recorded(gk, site, tmp_path):
    (tmp_path / "a.txt").write_text("x")
    for i, item in enumerate(
        [f"{site}/good", f"{site}/missing", f"{site}/pdf", "台府办〔2019〕1号", tmp_path / "a.txt"], 23
    ):
        gk("done", i, "--evidence", item)
    gk("note", 23, "--evidence", f"{site}/text-date", "--published", "2019-10-01")
    gk("note", 23, "--evidence", f"{site}/pdf", "--title", "方案", "--published", "2019-10-01")
    answer = gk("evidence", "--check", "--timeout", 2, "--format", "json")
    assert answer.code == 1
    import json

    found = {(Path(item["value"]).name, item["task"]): item["problems"] for item in json.loads(answer.out)}
    assert found.pop(("missing", 24)) == ["页面不存在（404）"]
    assert found.pop(("pdf", 25)) == ["不是网页，读不出标题和日期；填报时也没有写标题、发布日期"]
    assert found.pop(("text-date", 23)) == ["页面日期是 2019-11-01，填报的是 2019-10-01"]
    assert set(map(tuple, found.values())) == {()}
    assert "检查了 4 个网址" in answer.err
    gk("done", 30, "--evidence", f"{site}/good")
    assert gk("evidence", "--unit", "市政府办公室", "--check").code == 0


@given(st.text(max_size=300))
def test_no_page_crashes_the_reader(text):
    page = read_page(f"<title>{text}<meta name=PubDate content='{text}'>{text}")
    assert page.published is None or read_day(page.published)


@given(st.binary(max_size=200), st.sampled_from([None, "utf-8", "gb2312", "no-such", "utf-16", "idna", "\0"]))
def test_no_bytes_crash_the_reader(data, declared):
    assert isinstance(decode(data, declared), str)


def test_a_hostile_page_is_read_quickly():
    started = time.process_time()
    for text in (
        "<" * (1 << 20),
        "<meta " * (1 << 18),
        "<script" * (1 << 18),
        "<title>" * (1 << 18),
        "2019 " * (1 << 18),
    ):
        read_page(text)
    assert time.process_time() - started < 10


def test_evidence_without_an_address_is_text():
    assert read_evidence_cell("会议记录")[0] == Evidence("text", "会议记录")
