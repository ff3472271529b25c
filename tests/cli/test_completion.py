"""What the shell offers after tab, asked of a real bash."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli.verbs.completion import OFFERED
from tests.cli.conftest import Boatyard

ASK = """
source "$1"; shift
COMP_WORDS=(boatyard "$@"); COMP_CWORD=$#
_shtab_boatyard
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def offered(boatyard: Boatyard, tmp_path: Path) -> Offered:
    (tmp_path / "script").write_text(boatyard("completion", "bash").out)
    return Offered(tmp_path / "script")


class Offered:
    """What is offered for the last of some words."""

    def __init__(self, script: Path) -> None:
        self._script = script

    def __call__(self, *words: str) -> set[str]:
        path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
        argv = ["bash", "--norc", "-c", ASK, "bash", str(self._script), *words]
        env = {**os.environ, "PATH": path}
        done = subprocess.run(argv, capture_output=True, text=True, check=True, env=env, cwd="/")
        return {line for line in done.stdout.splitlines() if line}


def test_nouns_verbs_and_options_are_offered(offered: Offered) -> None:
    assert {"workspace", "status", "doctor"} <= offered("")
    assert "workspace" in offered("wo") and "status" not in offered("wo")
    assert {"diff", "merge", "send"} <= offered("workspace", "")
    assert "--base" in offered("workspace", "diff", "--b")


def test_names_of_what_there_is_are_offered(offered: Offered, boatyard: Boatyard, workspace: str) -> None:
    assert offered("workspace", "diff", "") == {workspace}
    assert offered("ws", "merge", workspace[:3]) == {workspace}
    assert offered("workspace", "diff", "zzz") == set()
    (project,) = boatyard("project", "list", "--json").json
    assert project["name"] in offered("project", "show", "")


def test_a_name_that_means_something_to_a_shell_is_not_offered(
    offered: Offered, boatyard: Boatyard, repository: Path, tmp_path: Path
) -> None:
    odd = f"$(touch {tmp_path}/pwned)"
    boatyard("project", "add", odd, str(repository))
    names = boatyard("completion", "--names", "project", "--json").json
    assert odd not in names
    assert odd not in offered("project", "show", "")
    assert not (tmp_path / "pwned").exists()
    boatyard("project", "remove", odd)


@pytest.mark.parametrize("name", ["a b", "a;b", "$(x)", "`x`", "a\nb", "*", "~", "a'b", "-\x1b[0m", ""])
def test_only_plain_names_are_offered(name: str) -> None:
    assert not OFFERED.match(name)


def test_a_shell_that_is_not_known_is_refused(boatyard: Boatyard) -> None:
    answer = boatyard("completion", "fish", ok=False)
    assert answer.code == 2
    assert "bash" in answer.err
    assert boatyard("completion", ok=False).code == 2
    assert "#compdef boatyard" in boatyard("completion", "zsh").out
