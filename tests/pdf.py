"""PDF files written by hand: Chinese text, ruled lines and forms, exactly where a test wants them."""

from __future__ import annotations

from collections.abc import Sequence

SIZE = 12
A4 = (595, 842)

_FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-%s /DescendantFonts [ << /Type /Font "
    b"/Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 0 >> "
    b"/DW 1000 /FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /Ascent 752 /Descent -271 >> >> ] >>"
)
_LATIN = b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>"


def text(
    x: float, y: float, words: str, size: float = SIZE, matrix: str = "1 0 0 1", more: str = "", font: str = "F1"
) -> str:
    """Words whose baseline begins at a point, from the bottom left; `more` are operators before them."""
    shown = f"<{words.encode('utf-16-be').hex()}>" if font != "F2" else f"({words})"
    return f"q BT {more} /{font} {size} Tf {matrix} {x} {y} Tm {shown} Tj ET Q\n"


def line(x0: float, y0: float, x1: float, y1: float) -> str:
    """A ruled line."""
    return f"{x0} {y0} m {x1} {y1} l S\n"


def grid(xs: Sequence[float], ys: Sequence[float]) -> str:
    """A grid with all its lines."""
    across = [line(xs[0], y, xs[-1], y) for y in ys]
    return "\n".join([*across, *(line(x, ys[0], x, ys[-1]) for x in xs)])


def table(xs: Sequence[float], ys: Sequence[float], rows: Sequence[Sequence[str]], leading: float = 14) -> str:
    """A grid, `ys` from the top down, and words from the top left corner of each cell; \\n begins a line."""
    words = [
        text(xs[c] + 3, ys[r] - 13 - leading * n, part)
        for r, row in enumerate(rows)
        for c, cell in enumerate(row)
        for n, part in enumerate(cell.split("\n"))
        if part
    ]
    return "\n".join([grid(xs, ys), *words])


def document(*pages: str, attributes: str = "", form: str = "") -> bytes:
    """A file of A4 pages, given by their operators; `attributes` are further ones of each page, /Form paints `form`."""
    fonts = {b"F1": _FONT % b"H", b"F2": _LATIN, b"F3": _FONT % b"V"}
    named = b" ".join(b"/" + name + b" " + font for name, font in fonts.items())
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    objects.append(_stream(form, b"/Type /XObject /Subtype /Form /BBox [0 0 1000 1000] /Resources 4 0 R"))
    objects.append(b"<< /Font << " + named + b" >> /XObject << /Form 3 0 R /Image 5 0 R >> >>")
    image = b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8"
    objects.append(_stream("0", image))
    kids = []
    for page in pages:
        objects.append(_stream(page, b""))
        head = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {A4[0]} {A4[1]}] /Resources 4 0 R"
        objects.append(f"{head} /Contents {len(objects)} 0 R {attributes} >>".encode())
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    out, places = b"%PDF-1.4\n", []
    for n, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{n} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    return out + f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()


def _stream(body: str, attributes: bytes) -> bytes:
    data = body.encode("latin-1")
    return b"<< " + attributes + f" /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"
