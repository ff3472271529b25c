"""What holds for every file: lint, format, types, and the layers of the design."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROGRAMS = Path(sys.executable).parent

CHECKS = {
    "lint": [sys.executable, "-m", "ruff", "check", "."],
    "format": [sys.executable, "-m", "ruff", "format", "--check", "."],
    "types": [sys.executable, "-m", "mypy"],
    "layers": [str(PROGRAMS / "lint-imports")],
}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("check", CHECKS)
def test_every_file_passes(check: str) -> None:
    done = subprocess.run(CHECKS[check], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout[-5000:]}\n{done.stderr[-2000:]}"


@pytest.mark.parametrize("script", ["docker-engine", "run"])
def test_the_scripts_of_continuous_integration_can_be_parsed(script: str) -> None:
    done = subprocess.run(["bash", "-n", str(ROOT / ".ci" / script)], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_what_failed_is_named_so_that_it_can_be_run_again(tmp_path: Path) -> None:
    """By the name of its group no test is found: a second look that runs none would pass."""
    cache = tmp_path / ".pytest_cache" / "v" / "cache"
    cache.mkdir(parents=True)
    names = ["a.py::one@group", "a.py::two[x@y]", "a.py::three[x@y]@a real one"]
    (cache / "lastfailed").write_text(json.dumps(dict.fromkeys(names, True)))
    argv = [sys.executable, str(ROOT / ".ci" / "failed.py")]
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["a.py::one", "a.py::two[x@y]", "a.py::three[x@y]"]
