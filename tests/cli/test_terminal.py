"""What reaches a terminal is safe to show; what goes into a pipe is as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.cli.output import escape_invisible
from tests.acceptance.user import COMMAND, User
from tests.cli.conftest import Boatyard
from tests.pty import Terminal

pytestmark = pytest.mark.slow

HOSTILE = "\x1b]52;c;cHduZWQ=\x07 \x9b31m \u202e\u200b [/] \x7f end"
NEVER = (b"\x1b]52", b"\x07", b"\xc2\x9b", b"\xe2\x80\xae", b"\xe2\x80\x8b", b"\x7f")


@pytest.fixture
def title(boatyard: Boatyard) -> str:
    boatyard("project", "add", "hostile", ok=False)
    return str(boatyard("task", "add", HOSTILE, "--project", "hostile", "--json").json["id"])


def shown(person: User, *argv: str) -> bytes:
    env = {**person.environment, "TERM": "xterm-256color"}
    with Terminal([*COMMAND, *argv], env=env) as terminal:
        assert terminal.end() == 0
        return terminal.written


@pytest.mark.parametrize("json", [(), ("--json",)], ids=["people", "json"])
def test_a_hostile_title_is_shown_and_never_sent(person: User, title: str, json: tuple[str, ...]) -> None:
    for argv in (("task", "show", title), ("task", "list"), ("task", "set", title, "--status", "todo")):
        written = shown(person, *argv, *json)
        assert b"end" in written
        assert b"[/]" in written
        for sequence in NEVER:
            assert sequence not in written, (argv, written)


def test_a_hostile_log_is_shown_on_a_terminal_and_raw_in_a_pipe(
    person: User, boatyard: Boatyard, workspace: str
) -> None:
    raw = boatyard("workspace", "exec", workspace, "--", "printf", "%s", HOSTILE)
    assert raw.out == HOSTILE
    process = boatyard("process", "list", "--workspace", workspace, "--json").json[0]["id"]
    written = shown(person, "process", "logs", process)
    assert b"end" in written
    assert not any(sequence in written for sequence in NEVER)


def test_a_hostile_file_name_is_shown_on_a_terminal_and_raw_in_a_pipe(
    person: User, boatyard: Boatyard, workspace: str
) -> None:
    name = HOSTILE.replace("/", "|")
    boatyard("workspace", "exec", workspace, "--", "touch", f"./{name}")
    assert name in boatyard("workspace", "files", workspace, "repo").out
    assert name in {node["name"] for node in boatyard("workspace", "files", workspace, "repo", "--json").json}
    written = shown(person, "workspace", "files", workspace, "repo")
    assert b"end" in written
    assert not any(sequence in written for sequence in NEVER)


def test_colours_are_for_terminals_that_want_them(person: User) -> None:
    assert b"\x1b[2m" in shown(person, "agent", "list")
    for variable in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        env = {**person.environment, "TERM": "xterm-256color", **variable}
        with Terminal([*COMMAND, "agent", "list"], env=env) as terminal:
            assert terminal.end() == 0
            assert b"\x1b" not in terminal.written


@pytest.mark.parametrize("text", ["plain", "€", HOSTILE, "😀\U000e0041", "\ud800"])
def test_json_on_a_terminal_means_the_same(text: str) -> None:
    document = json.dumps(text, ensure_ascii=False)
    assert json.loads(escape_invisible(document)) == text


def test_a_followed_log_ends_with_its_process(person: User, workspace: str, tmp_path: Path) -> None:
    following = person.start("workspace", "exec", workspace, "--", "sh", "-c", "echo one; read x; echo two")
    out, err = following.communicate(timeout=30)
    assert out == "one\ntwo\n"
    assert err == ""
