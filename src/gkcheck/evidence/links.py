"""Check the web addresses among evidence for dead links, redirects, and pages without a title or a day.

Several at a time, each within limits of time and size that hold whatever the server does.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Sequence

from gkcheck.evidence.page_metadata import decode, read_page
from gkcheck.types import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import httpx


class Limits(NamedTuple):
    """The limits of one address: seconds to connect and in all, bytes of the page, redirects; and how many at once."""

    connect: float = 10.0
    total: float = 30.0
    bytes: int = 2 << 20
    redirects: int = 5
    at_once: int = 8


class LinkCheck(NamedTuple):
    """The result of checking an address.

    `status` is the HTTP status of the last answer, None where there was none; `final` the address that redirects led
    to, None without redirects; `title` and `published` (YYYY-MM-DD) are read from the page, None where it shows none or
    is no page; `faults` are sentences, one for each fault that costs points in an assessment.
    """

    url: str
    status: int | None
    final: str | None
    title: str | None
    published: str | None
    faults: tuple[str, ...]
    is_page: bool = True


_GUARDED = {403, 405, 412, 429, 503, 521}
"""The statuses by which sites refuse programs; a person may still see the page."""

_PAGE_TYPES = ("text/html", "application/xhtml+xml")


def check_links(urls: Sequence[str], limits: Limits, step: Callable[[], object] = lambda: None) -> dict[str, LinkCheck]:
    """Return the check of each address; `step` is called once for each of them, when it is done."""
    return asyncio.run(_check_all(list(dict.fromkeys(urls)), limits, step))


async def _check_all(urls: list[str], limits: Limits, step: Callable[[], object]) -> dict[str, LinkCheck]:
    import httpx

    semaphore = asyncio.Semaphore(limits.at_once)
    headers = {
        "User-Agent": "Mozilla/5.0 (compatible; gkcheck)",
        "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
        "Accept-Encoding": "identity",
        "Accept-Language": "zh-CN,zh;q=0.9",
    }
    timeout = httpx.Timeout(limits.connect)

    async def check_one(client: httpx.AsyncClient, url: str) -> LinkCheck:
        async with semaphore:
            try:
                async with asyncio.timeout(limits.total):
                    check = await _check(client, url, limits)
            except TimeoutError:
                check = _dead(url, f"{limits.total:g} 秒内没有取完")
            step()
            return check

    async with httpx.AsyncClient(headers=headers, timeout=timeout, follow_redirects=False) as client:
        return {check.url: check for check in await asyncio.gather(*(check_one(client, url) for url in urls))}


async def _check(client: httpx.AsyncClient, url: str, limits: Limits) -> LinkCheck:
    import httpx

    current, visited = url, {url}
    try:
        for _ in range(limits.redirects + 1):
            async with client.stream("GET", current) as response:
                if not response.has_redirect_location:
                    return await _read(response, url, current, limits)
                target = str(response.url.join(response.headers["location"]))
            if not target.lower().startswith(("http://", "https://")):
                return _dead(url, f"跳转到不是网页的地址 {target[:200]}", response.status_code)
            if target in visited:
                return _dead(url, "跳转绕成了圈，打不开", response.status_code)
            visited.add(target)
            current = target
        return _dead(url, f"跳转超过 {limits.redirects} 次", response.status_code)
    except httpx.TimeoutException:
        return _dead(url, f"{limits.connect:g} 秒没有回应")
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
        return _dead(url, _why(error))


def _dead(url: str, why: str, status: int | None = None) -> LinkCheck:
    return LinkCheck(url, status, None, None, None, (why,))


def _why(error: Exception) -> str:
    message = str(error)
    if "CERTIFICATE" in message.upper():
        return "网站的证书无效"
    if (
        "Name or service" in message
        or "getaddrinfo" in message
        or "nodename" in message
        or "name resolution" in message
    ):
        return "找不到这个网站（域名不存在）"
    if "refused" in message or "All connection attempts failed" in message:
        return "网站拒绝连接"
    return f"打不开（{message[:120] or type(error).__name__}）"


async def _read(response: httpx.Response, url: str, current: str, limits: Limits) -> LinkCheck:
    """Check the answer at the end of the redirects."""
    status = response.status_code
    final = current if current != url else None
    if status in _GUARDED:
        return LinkCheck(url, status, final, None, None, (f"网站不让程序访问（{status}），请人工打开核对",))
    if not 200 <= status < 300:
        fault = "页面不存在" if status in (404, 410) else "网站出错" if status >= 500 else "打不开"
        return LinkCheck(url, status, final, None, None, (f"{fault}（{status}）",))
    faults = [f"已跳转到 {final}"] if final else []
    kind = response.headers.get("content-type", "").split(";")[0].strip().lower()
    data, complete = await _body(response, limits.bytes, 512 if kind and kind not in _PAGE_TYPES else None)
    if not _is_page(kind, data):
        return LinkCheck(url, status, final, None, None, tuple(faults), is_page=False)
    if not complete:
        faults.append(f"页面超过 {limits.bytes / (1 << 20):g} MB，只读了开头")
    page = await asyncio.to_thread(lambda: read_page(decode(data, response.charset_encoding)))
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
    """Return at most `limit` bytes of the page, decompressed, and True if that is all of it.

    With `only`, stop reading after about so many bytes.
    """
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
