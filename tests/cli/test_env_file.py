"""Files of variables: read as text, never run."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.cli.env_file import read_env_file
from core.errors import NotFoundError, UsageError


def test_each_kind_of_line(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text(
        "# comment\n\nA=1\nexport B = two words # not this\nC='it is #1'\n"
        'D="x\\"y"\nE=\nF=$(touch pwned) `id`\n'
        "G=a=b\nH=a#b\n"
    )
    assert read_env_file(str(path)) == {
        "A": "1", "B": "two words", "C": "it is #1", "D": 'x"y', "E": "", "F": "$(touch pwned) `id`",
        "G": "a=b", "H": "a#b",
    }  # fmt: skip


@pytest.mark.parametrize("line", ["no equals", "1A=x", "A='open", "A='x' 'y'"])
def test_a_wrong_line_is_named_and_not_repeated(tmp_path: Path, line: str) -> None:
    path = tmp_path / "e"
    path.write_text(f"OK=1\n{line}\n")
    with pytest.raises(UsageError, match="line 2") as refusal:
        read_env_file(str(path))
    assert line not in refusal.value.message
    with pytest.raises(NotFoundError):
        read_env_file(str(tmp_path / "missing"))
