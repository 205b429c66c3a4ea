"""Kill a build at 30 random moments, build again, and compare every byte with a build that was left alone.

Also tells how long the second build took beside a whole one: what was finished is not done again.
"""

from __future__ import annotations

import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from recording import version, write

N_KILLS = 30
N_DOCS = 20_000


def tree(folder: Path) -> dict[str, bytes]:
    """Read every file but the log, which holds times, and the lock.

    Parameters
    ----------
    folder : Path
        A workspace.

    Returns
    -------
    dict
        Path in the folder -> content.
    """
    files = [path for path in folder.rglob("*") if path.is_file() and path.name not in ("build.log", ".lock")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def build(corpus: Path, folder: Path, kill_after: float | None = None) -> float:
    """Build a workspace in a process of its own.

    Parameters
    ----------
    corpus : Path
        What from.
    folder : Path
        Where to.
    kill_after : float, optional
        Seconds after which the process is killed.

    Returns
    -------
    float
        Seconds from start to end.
    """
    began = time.perf_counter()
    command = [sys.executable, "-m", "malgil", "build", str(corpus), "-o", str(folder), "-q"]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        child.wait(kill_after)
    except subprocess.TimeoutExpired:
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    else:
        if child.returncode:
            raise SystemExit(f"the build ended with {child.returncode}")
    return time.perf_counter() - began


def main() -> None:
    """Build once whole, then 30 times in two pieces."""
    rng = random.Random(0)
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        corpus = home / "reviews.parquet"
        sample = [sys.executable, "-m", "malgil", "sample", "-n", str(N_DOCS), "-o", str(corpus), "-q"]
        subprocess.run(sample, check=True, stdout=subprocess.DEVNULL)
        build(corpus, home / "first")
        whole = [build(corpus, home / f"whole{i}") for i in range(3)]
        expected = tree(home / "first")
        again, n_equal = [], 0
        for number in range(N_KILLS):
            folder = home / f"killed{number}"
            build(corpus, folder, kill_after=rng.uniform(0.05, 0.95) * statistics.median(whole))
            again.append(build(corpus, folder))
            n_equal += tree(folder) == expected
        print(f"  {n_equal} of {N_KILLS} resumed builds are byte-identical")
        print(f"  whole build median {statistics.median(whole):.3g} s, resumed median {statistics.median(again):.3g} s")
        if n_equal < N_KILLS:
            raise SystemExit(1)
    base = {"who": "malgil", "version": version("malgil"), "peak_mb": 0.0}
    rows = [
        base
        | {"setting": setting, "n_runs": len(times), "mean": statistics.fmean(times)}
        | {"median": statistics.median(times), "p99": max(times)}
        for setting, times in (("whole build", whole), ("resumed after kill -9 (all byte-identical)", again))
    ]
    write(
        "kill",
        title={"en": "Killed and resumed", "ko": "강제 종료 뒤 이어 하기"},
        source={"en": f"{N_DOCS:,} sample reviews, 30 random moments", "ko": f"예제 리뷰 {N_DOCS:,}건, 무작위 30회"},
        rows=rows,
    )


if __name__ == "__main__":
    main()
