"""Whole gkcheck processes, several at once, killed at random moments; what was answered must be there.

    python benchmarks/soak.py [--minutes 10] [--processes 4] [--seed 2019]

Prints how many processes were started, killed and answered, and exits 1 if an answered entry is missing,
one stands twice, or the journal does not open.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from gkcheck.journal.file_store import FileJournal

UNITS = ["台城街道", "大江镇", "水步镇", "市教育局", "市公安局", "市民政局", "市司法局", "市财政局"]


def start(store: Path, note: str, unit: str, home: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gkcheck", "note", "1", "--unit", unit, "--note", note, "--store", str(store)]
    environment = {**os.environ, "HOME": home, "GKCHECK_BY": "soak"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--seed", type=int, default=2019)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    answered: set[str] = set()
    started = killed = 0
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "journal.jsonl"
        until = time.monotonic() + options.minutes * 60
        while time.monotonic() < until:
            running = {}
            for i in range(options.processes):
                started += 1
                running[str(started)] = start(store, str(started), UNITS[i % len(UNITS)], folder)
            for note, process in running.items():
                if chance.random() < 0.5:
                    time.sleep(chance.uniform(0.0, 0.3))
                    process.send_signal(signal.SIGKILL)
                    killed += 1
                out, _ = process.communicate()
                if "已记录".encode() in out:
                    answered.add(note)
        history = FileJournal(store, "taishan-2019").read()
    noted = [entry.note for entry in history.entries]
    missing = answered - set(noted)
    twice = len(noted) - len(set(noted))
    print(f"{started} processes, {killed} killed, {len(answered)} answered, {len(noted)} entries: ", end="")
    print(f"{len(missing)} missing, {twice} twice, {len(history.problems)} torn at the end")
    sys.exit(bool(missing or twice or len(history.problems) > 1))


if __name__ == "__main__":
    main()
