from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"numpy", "pyarrow", "scipy", "numba", "sklearn", "pandas", "kiwipiepy", "matplotlib"}


def loaded(words: list[str]) -> set[str]:
    program = f"import sys; from malgil.cli import main; main({words!r}); print(*sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["search", "--help"], ["search", "w"]])
def test_help_version_and_wrong_usage_load_nothing_heavy(words: list[str]) -> None:
    assert not loaded(words) & HEAVY


def test_python_m_malgil_is_the_command_line() -> None:
    done = subprocess.run([sys.executable, "-m", "malgil", "bogus"], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_a_reader_that_hangs_up_gets_no_traceback() -> None:
    pipe = f"{sys.executable} -m malgil build --help | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", pipe], capture_output=True, text=True)
    assert done.returncode in (0, 1, 141)
    assert "Traceback" not in done.stderr
