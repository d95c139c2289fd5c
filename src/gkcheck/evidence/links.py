"""Looking up the addresses given as evidence: dead links, redirects, pages without title or day.

Eight at a time, each within its time and size, whatever the other side does.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gkcheck.evidence.page_metadata import decode, read_page

if TYPE_CHECKING:
    import httpx


class Limits(NamedTuple):
    """How much patience one address gets: seconds to connect and in all, bytes of the page, redirects."""

    connect: float = 10.0
    whole: float = 30.0
    bytes: int = 2 << 20
    redirects: int = 5
    at_once: int = 8


class LinkCheck(NamedTuple):
    """What was found at an address.

    `status` is the HTTP status of the last answer, None where there was none; `final` where redirects led,
    None where nowhere else; `faults` what costs points in an assessment, in words; `title` and `published`
    what the page shows, None also where it is not a page.
    """

    url: str
    status: int | None
    final: str | None
    title: str | None
    published: str | None
    faults: tuple[str, ...]
    is_page: bool = True


_GUARDED = {403, 405, 412, 429, 503, 521}
"""What sites answer to programs that they keep out; a person may still see the page."""

_PAGE_TYPES = ("text/html", "application/xhtml+xml")


def look_up(urls: Sequence[str], limits: Limits, seen: Callable[[], object] = lambda: None) -> dict[str, LinkCheck]:
    """What is found at each address; `seen` is called once for each of them, as its answer comes in."""
    return asyncio.run(_look_up_all(list(dict.fromkeys(urls)), limits, seen))


async def _look_up_all(urls: list[str], limits: Limits, seen: Callable[[], object]) -> dict[str, LinkCheck]:
    import httpx

    turns = asyncio.Semaphore(limits.at_once)
    headers = {
        "User-Agent": "Mozilla/5.0 (compatible; gkcheck)",
        "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
        "Accept-Encoding": "identity",
        "Accept-Language": "zh-CN,zh;q=0.9",
    }
    timeout = httpx.Timeout(limits.connect)

    async def one(client: httpx.AsyncClient, url: str) -> LinkCheck:
        async with turns:
            try:
                async with asyncio.timeout(limits.whole):
                    found = await _look_up(client, url, limits)
            except TimeoutError:
                found = _dead(url, f"{limits.whole:g} 秒内没有取完")
            seen()
            return found

    async with httpx.AsyncClient(headers=headers, timeout=timeout, follow_redirects=False) as client:
        return {found.url: found for found in await asyncio.gather(*(one(client, url) for url in urls))}


async def _look_up(client: httpx.AsyncClient, url: str, limits: Limits) -> LinkCheck:
    import httpx

    current, passed = url, {url}
    try:
        for _ in range(limits.redirects + 1):
            async with client.stream("GET", current) as response:
                if not response.has_redirect_location:
                    return await _read(response, url, current, limits)
                following = str(response.url.join(response.headers["location"]))
            if not following.lower().startswith(("http://", "https://")):
                return _dead(url, f"跳转到不是网页的地址 {following[:200]}", response.status_code)
            if following in passed:
                return _dead(url, "跳转绕成了圈，打不开", response.status_code)
            passed.add(following)
            current = following
        return _dead(url, f"跳转超过 {limits.redirects} 次", response.status_code)
    except httpx.TimeoutException:
        return _dead(url, f"{limits.connect:g} 秒没有回应")
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
        return _dead(url, _why(error))


def _dead(url: str, why: str, status: int | None = None) -> LinkCheck:
    return LinkCheck(url, status, None, None, None, (why,))


def _why(error: Exception) -> str:
    said = str(error)
    if "CERTIFICATE" in said.upper():
        return "网站的证书无效"
    if "Name or service" in said or "getaddrinfo" in said or "nodename" in said or "name resolution" in said:
        return "找不到这个网站（域名不存在）"
    if "refused" in said or "All connection attempts failed" in said:
        return "网站拒绝连接"
    return f"打不开（{said[:120] or type(error).__name__}）"


async def _read(response: httpx.Response, url: str, current: str, limits: Limits) -> LinkCheck:
    """The answer at the end of the redirects."""
    status = response.status_code
    final = current if current != url else None
    if status in _GUARDED:
        return LinkCheck(url, status, final, None, None, (f"网站不让程序访问（{status}），请人工打开核对",))
    if not 200 <= status < 300:
        what = "页面不存在" if status in (404, 410) else "网站出错" if status >= 500 else "打不开"
        return LinkCheck(url, status, final, None, None, (f"{what}（{status}）",))
    faults = [f"已跳转到 {final}"] if final else []
    kind = response.headers.get("content-type", "").split(";")[0].strip().lower()
    data, whole = await _body(response, limits.bytes, 512 if kind and kind not in _PAGE_TYPES else None)
    if not _is_page(kind, data):
        return LinkCheck(url, status, final, None, None, tuple(faults), is_page=False)
    if not whole:
        faults.append(f"页面超过 {limits.bytes / (1 << 20):g} MB，只读了开头")
    page = read_page(decode(data, response.charset_encoding))
    if page.title is None:
        faults.append("页面没有标题")
    if page.published is None:
        faults.append("页面上找不到发布日期")
    return LinkCheck(url, status, final, page.title, page.published, tuple(faults))


def _is_page(kind: str, data: bytes) -> bool:
    if b"\0" in data[:512] or data.startswith((b"%PDF", b"PK\3\4", b"\x89PNG", b"\xff\xd8\xff")):
        return False
    return kind in _PAGE_TYPES or (not kind and b"<" in data[:512])


async def _body(response: httpx.Response, limit: int, only: int | None) -> tuple[bytes, bool]:
    """At most `limit` bytes of the page, unpacked, and whether that is all; `only` is enough where given."""
    packed = response.headers.get("content-encoding", "").lower().strip()
    unpack = zlib.decompressobj(47) if packed in ("gzip", "deflate") else None
    data = bytearray()
    async for chunk in response.aiter_raw():
        try:
            data += unpack.decompress(chunk, limit + 1) if unpack else chunk
        except zlib.error:
            break
        if only is not None and len(data) >= only:
            break
        if len(data) > limit:
            return bytes(data[:limit]), False
    return bytes(data), True
