"""Evidence looked up on a local server, with every failure of a site; pages of any bytes."""

from __future__ import annotations

import gzip
import http.server
import socket
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gkcheck.evidence.links import Limits, check_links
from gkcheck.evidence.page_metadata import decode, read_page
from gkcheck.text.dates import read_day

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


@pytest.mark.parametrize("name", ["punycode", "idna", "unicode_escape", "hex", "rot13", "zip", "utf-7", "no-such"])
def test_only_encodings_of_real_pages_are_used(name):
    """A page that declares another is read as UTF-8, else GB18030; punycode took 39 s for 2 MB."""
    page = f"<meta charset={name}><title>征地信息</title>2019-11-01" + "a-" * 200_000
    started = time.process_time()
    assert read_page(decode(page.encode(), None)).title == "征地信息"
    assert read_page(decode(page.encode("gb18030"), name)).title == "征地信息"
    assert time.process_time() - started < 2


@pytest.mark.parametrize("name", ["GBK", "gb2312", "UTF-8", "utf8", "big5", "utf-16"])
def test_encodings_of_real_pages(name):
    data = "<title>政府信息</title>2019-11-01".encode("big5" if name == "big5" else name)
    assert read_page(decode(data, name)) == ("政府信息", "2019-11-01")


def test_a_reference_of_any_length_is_a_character_or_none():
    page = read_page(f"<title>甲&#{'9' * 5_000};乙&#x{'f' * 5_000}丙&#20057;</title>&#50;019-11-01")
    assert page == ("甲�乙�丙乙", "2019-11-01")


def test_a_page_that_takes_long_to_parse_keeps_nobody_waiting(site, monkeypatch):
    """The limit of time holds while a page is parsed, and the other addresses are looked up meanwhile."""

    def slow(text):
        if "征地" in text:
            time.sleep(3)
        return read_page(text)

    monkeypatch.setattr("gkcheck.evidence.links.read_page", slow)
    looked = check_links([f"{site}/gbk", f"{site}/good", f"{site}/drip"], Limits(connect=2.0, total=1.0))
    assert looked[f"{site}/gbk"].faults == ("1 秒内没有取完",)
    assert looked[f"{site}/drip"].faults == ("1 秒内没有取完",)
    assert looked[f"{site}/good"].faults == ()


def test_a_hostile_page_is_read_quickly():
    started = time.process_time()
    for text in (
        "日期" + " " * (1 << 20),
        "日期 " * (1 << 18),
        "<meta " + "a" * (1 << 20) + ">",
        "<meta " + "a=" * (1 << 19) + ">",
        "<meta " + "a " * (1 << 19) + ">",
        "charset" + " " * (1 << 20),
        "&#" * (1 << 19),
        "<" * (1 << 20),
        "<meta " * (1 << 18),
        "<script" * (1 << 18),
        "<title>" * (1 << 18),
        "2019 " * (1 << 18),
    ):
        read_page(text)
    assert time.process_time() - started < 10
