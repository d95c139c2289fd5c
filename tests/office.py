"""Our files as an office saves and fills them in: LibreOffice, headless, with a profile of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from tests import processes
from tests.conftest import needs

CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


def converted(folder: Path, to: str, *files: Path, options: Sequence[str] = ()) -> list[Path]:
    """Have LibreOffice save files in `folder`, all in one run; all that lies there then.

    `to` is a suffix or one of its filters; `options` are further ones of its command line.
    """
    needs("soffice")
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        done = processes.run(
            ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", *options, "--convert-to", to,
             "--outdir", str(folder), *map(str, files)],
            capture_output=True, text=True, limit=180,
        )  # fmt: skip
    made = sorted(folder.iterdir())
    assert made, done.stderr
    return made


_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_LIBRARY = 'xmlns:library="http://openoffice.org/2000/library"'
_SETUP = (
    '<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Setup/Office">'
    '<prop oor:name="ooSetupInstCompleted" oor:op="fuse"><value>true</value></prop></item></oor:items>'
)
"""With this, LibreOffice takes the profile as it is instead of making a new one."""
_PROFILE = {
    "registrymodifications.xcu": _SETUP,
    "basic/script.xlc": f'<library:libraries {_LIBRARY}><library:library library:name="Standard" library:link="false"/></library:libraries>',
    "basic/Standard/script.xlb": f'<library:library {_LIBRARY} library:name="Standard"><library:element library:name="FillIn"/></library:library>',
    "basic/Standard/FillIn.xba": '<script:module xmlns:script="http://openoffice.org/2000/script" script:name="FillIn" script:language="StarBasic">{}</script:module>',
}
"""A profile with one macro."""

Order = tuple[str, ...]
"""What to do, and with what: one of the orders that `tests/fixtures/fill_in.bas` knows."""


def filled_in(folder: Path, orders: Mapping[Path, Sequence[Order]]) -> list[Path]:
    """Have LibreOffice open workbooks, carry out the orders of each and save it in `folder`, all in one run."""
    needs("soffice")
    folder.mkdir(exist_ok=True)
    made = [folder / path.name for path in orders]
    lines: list[Order] = []
    for (path, own), saved in zip(orders.items(), made, strict=True):
        lines += [("open", path.as_uri()), *own, ("save", saved.as_uri())]
    source = (Path(__file__).parent / "fixtures" / "fill_in.bas").read_text("utf-8")
    with tempfile.TemporaryDirectory() as profile:
        for name, text in _PROFILE.items():
            part = Path(profile, "user", name)
            part.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(_XML + text.replace("{}", escape(source)), "utf-8")
        listed = Path(profile, "orders.tsv")
        listed.write_text("\n".join(map("\t".join, lines)), "utf-8")
        done = processes.run(
            ["soffice", f"-env:UserInstallation=file://{profile}", "--headless",
             f'macro:///Standard.FillIn.Main("{listed.as_uri()}")'],
            capture_output=True, text=True, limit=180,
        )  # fmt: skip
        failed = Path(f"{listed}.failed")
        assert not failed.exists(), failed.read_text("utf-8", "replace")
    assert all(path.exists() for path in made), done.stderr
    return made
