"""What holds for every file: lint, format, types, and the layers of the design."""

from __future__ import annotations

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
