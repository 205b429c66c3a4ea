"""How a bench measures and what it writes: times, peak memory, versions and the machine, as JSON.

A bench is a script ``bench/<name>.py``. Each contender runs in a process of its own, so that neither warms the other's
caches nor counts towards its memory; all contenders run in the same call of the script, and only their ratio is
published. The file ``bench/results/<name>.json`` holds::

    {"bench": name, "command": how to run it again,
     "title": {"en": ..., "ko": ...}, "input": {"en": ..., "ko": ...},
     "machine": {"cpu": ..., "n_cores": ..., "system": ..., "python": ...},
     "rows": [{"who": "malgil", "version": ..., "case": ..., "setting": ..., "n_runs": ...,
               "mean": s, "median": s, "p99": s, "peak_mb": ..., "extra": {...}}, ...]}

The first row is malgil's. A peer is compared with malgil's first row of the same case. A bench of quality has
``"figures": {name: value}`` instead of times.
"""

from __future__ import annotations

import importlib.metadata
import json
import math
import multiprocessing
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

RESULTS = Path(__file__).parent / "results"
ROOT = Path(__file__).parents[1]


class Contender(NamedTuple):
    """One program in a race.

    Parameters
    ----------
    who : str
        Name of the package as it is installed: ``"malgil"``, ``"scikit-learn"``.
    prepare : callable
        Module-level function without arguments; loads the input and returns the function that is timed.
    setting : str
        What the reader must know, such as ``"2 threads"``.
    case : str
        What of several things is done, such as ``"words 1-3"``; empty where the bench does one.
    """

    who: str
    prepare: Callable[[], Callable[[], object]]
    setting: str = ""
    case: str = ""


def quantile(values: list[float], q: float) -> float:
    """Smallest value that at least the share `q` of the values do not exceed.

    Parameters
    ----------
    values : list of float
        At least one.
    q : float
        In (0, 1].

    Returns
    -------
    float
        One of the values.
    """
    ranked = sorted(values)
    return ranked[max(0, math.ceil(len(ranked) * q) - 1)]


def race(contenders: list[Contender], *, n_runs: int = 5, n_warm: int = 1, n_rounds: int = 1) -> list[dict[str, Any]]:
    """Time every contender in a fresh process.

    Parameters
    ----------
    contenders : list of Contender
        malgil first.
    n_runs : int
        Timed runs.
    n_warm : int
        Runs before them that are not counted.
    n_rounds : int
        How often each has its turn, in a new process: on a machine that is slower at one time than at another, all meet
        the same times.

    Returns
    -------
    list of dict
        The rows of the result file.
    """
    context = multiprocessing.get_context("spawn")
    times: list[list[float]] = [[] for _ in contenders]
    peaks = [0.0 for _ in contenders]
    for _ in range(n_rounds):
        for number, contender in enumerate(contenders):
            with context.Pool(1) as pool:
                seconds, peak_mb = pool.apply(_timed, (contender.prepare, n_runs, n_warm))
            times[number] += seconds
            peaks[number] = max(peaks[number], peak_mb)
    rows = []
    for contender, seconds, peak_mb in zip(contenders, times, peaks, strict=True):
        row: dict[str, Any] = {"who": contender.who, "version": version(contender.who)}
        row |= {"case": contender.case, "setting": contender.setting}
        row |= {"n_runs": len(seconds), "mean": statistics.fmean(seconds), "median": statistics.median(seconds)}
        rows.append(row | {"p99": quantile(seconds, 0.99), "peak_mb": peak_mb})
        what = f"{contender.case} {contender.setting}".strip()
        print(f"  {contender.who:<16} median {row['median']:.4g} s   peak {peak_mb:,.0f} MB   {what}")
    return rows


def _timed(prepare: Callable[[], Callable[[], object]], n_runs: int, n_warm: int) -> tuple[list[float], float]:
    import resource

    run = prepare()
    seconds = []
    for number in range(n_warm + n_runs):
        began = time.perf_counter()
        run()
        if number >= n_warm:
            seconds.append(time.perf_counter() - began)
    unit = 1 if sys.platform == "darwin" else 1024
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return seconds, max(peaks) * unit / 1e6


def version(package: str) -> str:
    """Find the installed version of a package.

    Parameters
    ----------
    package : str
        Its name on PyPI.

    Returns
    -------
    str
        Empty where it is no package.
    """
    if package == "python":
        return platform.python_version()
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def machine() -> dict[str, Any]:
    """Describe the machine, without its name.

    Returns
    -------
    dict
        ``cpu``, ``n_cores``, ``system``, ``python``.
    """
    cpu = platform.processor() or platform.machine()
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        lines = [line for line in facts.read_text(encoding="utf-8").splitlines() if line.startswith("model name")]
        cpu = lines[0].partition(":")[2].strip() if lines else cpu
    n_cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"cpu": cpu, "n_cores": n_cores, "system": platform.system(), "python": platform.python_version()}


def write(name: str, *, title: dict[str, str], source: dict[str, str], rows: list[dict[str, Any]]) -> Path:
    """Write the result file of a bench.

    Parameters
    ----------
    name : str
        Name of the script, without the suffix.
    title : dict
        What was done, in ``en`` and ``ko``.
    source : dict
        What it was done to, in ``en`` and ``ko``.
    rows : list of dict
        From `race`.

    Returns
    -------
    Path
        The file.
    """
    RESULTS.mkdir(exist_ok=True)
    result: dict[str, Any] = {"bench": name, "command": f"python bench/{name}.py", "title": title, "input": source}
    result |= {"machine": machine(), "rows": rows}
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def real_data(name: str) -> Path | None:
    """Find a real corpus in the folder that ``MALGIL_DATA`` names.

    Parameters
    ----------
    name : str
        Path inside the folder.

    Returns
    -------
    Path or None
        ``None`` where there is no such file; the bench then says so and ends.
    """
    folder = os.environ.get("MALGIL_DATA")
    path = Path(folder) / name if folder else None
    return path if path is not None and path.exists() else None
