"""Shell and editor by key: over the interface in tmux, on its own terminal outside; back at the same place.

A popup is drawn by tmux over the panes, so it is seen from a terminal in which that tmux is attached.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.terminal import Terminal
from tests.acceptance.user import COMMAND, User, make_repository

pytestmark = [
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
    pytest.mark.slow,
]
FILES = 120
INNER = f"boatyard-test-inner-{os.getpid()}"
EDITOR = """#!/bin/sh
# Tells where it was called, waits for a line, and writes it into the file.
echo "editing $*"
read line
for file; do :; done
echo "$line" >> "$file"
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repo", {f"file-{number:03}.txt": "one\n" for number in range(FILES)})


@pytest.fixture
def person(user: User, tmp_path: Path, repository: Path) -> User:
    """With an editor, and a workspace on the host."""
    editor = tmp_path / "editor"
    editor.write_text(EDITOR)
    editor.chmod(0o755)
    user.env |= {"EDITOR": str(editor), "VISUAL": "", "SHELL": "/bin/sh", "PS1": "$ "}
    user.env["DOCKER_HOST"] = "unix:///nonexistent/docker.sock"
    run = ("--repo", str(repository), "--agent", "demo", "--runner", "host", "--approve", "all", "--wait")
    user.boatyard("run", "Write NOTES.md about the sea", *run)
    return user


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    each = Terminal("programs", 120, 40)
    yield each
    each.kill()
    subprocess.run(["tmux", "-L", INNER, "kill-server"], capture_output=True, check=False)


def start(terminal: Terminal, person: User, repository: Path, *, tmux: bool) -> None:
    """The interface, in a tmux that is attached, or in none."""
    if tmux:
        terminal.run(person, repository, "env", "-u", "TMUX", "-u", "TMUX_PANE", "tmux", "-L", INNER,
                     "-f", "/dev/null", "new-session", *COMMAND)  # fmt: skip
    else:
        terminal.run(person, repository, "env", "-u", "TMUX", "-u", "TMUX_PANE", *COMMAND)
    terminal.wait_for("engine ok", "write-notes")


def to_a_file_far_down(terminal: Terminal) -> None:
    """The cursor on `file-099.txt`, which is out of sight at first."""
    terminal.keys("G", "Enter")
    terminal.wait_for("Talk")
    terminal.keys("3")
    terminal.wait_for("repo/", "file-001.txt")
    terminal.keys("F")
    terminal.wait_for("Find a file of")
    terminal.type("file-099")
    terminal.wait_for("file-099.txt")
    terminal.keys("Enter")
    terminal.wait_for("file-099.txt", "1 one", gone="Find a file of")


def is_where_it_was(terminal: Terminal) -> None:
    """The tree is scrolled as it was, and its cursor is on the same file."""
    screen = terminal.wait_for("file-099.txt", "1 one")
    assert "file-001.txt" not in screen
    terminal.keys("Escape")
    terminal.wait_for("n new file")
    terminal.keys("r")
    terminal.wait_for("Rename file-099.txt")
    terminal.keys("Escape")
    terminal.wait_for("n new file", gone="Rename file-099.txt")


def use_a_shell(terminal: Terminal) -> None:
    terminal.keys("E")
    terminal.wait_for("$")
    terminal.type("echo in-$((40+2))")
    terminal.keys("Enter")
    terminal.wait_for("in-42")
    terminal.resize(100, 30)
    terminal.type("echo after-$((40+3))-$(tput cols)")
    terminal.keys("Enter")
    terminal.wait_for("after-43-")
    terminal.type("exit")
    terminal.keys("Enter")
    terminal.wait_for("engine ok", "file-099.txt", gone="after-43-")


@pytest.mark.parametrize("tmux", [True, False], ids=["popup", "suspended"])
def test_a_shell_survives_a_resize_and_comes_back_to_the_same_place(
    terminal: Terminal, person: User, repository: Path, tmux: bool
) -> None:
    start(terminal, person, repository, tmux=tmux)
    to_a_file_far_down(terminal)
    use_a_shell(terminal)
    assert max(map(len, terminal.screen().splitlines())) <= 100
    is_where_it_was(terminal)


@pytest.mark.parametrize("tmux", [True, False], ids=["popup", "suspended"])
def test_an_editor_survives_a_resize_and_what_it_wrote_is_shown(
    terminal: Terminal, person: User, repository: Path, tmux: bool
) -> None:
    start(terminal, person, repository, tmux=tmux)
    to_a_file_far_down(terminal)
    terminal.keys("e")
    terminal.wait_for("editing", "file-099.txt")
    terminal.resize(140, 45)
    terminal.type("written in the editor")
    terminal.keys("Enter")
    terminal.wait_for("engine ok", "2 written in the editor")
    is_where_it_was(terminal)


def test_what_an_editor_wrote_is_in_the_diff_it_was_opened_from(
    terminal: Terminal, person: User, repository: Path
) -> None:
    start(terminal, person, repository, tmux=False)
    terminal.keys("G", "Enter")
    terminal.wait_for("Talk")
    terminal.keys("4")
    terminal.wait_for("NOTES.md", "@@")
    terminal.keys("e")
    terminal.wait_for("editing")
    terminal.type("written in the editor")
    terminal.keys("Enter")
    terminal.wait_for("engine ok", "+ written in the editor", "@@")


def test_a_window_of_its_own_where_the_settings_say_so(
    terminal: Terminal, person: User, repository: Path
) -> None:
    person.boatyard("config", "set", "interface.tmux", "window")
    start(terminal, person, repository, tmux=True)
    to_a_file_far_down(terminal)
    terminal.keys("E")
    terminal.wait_for("$", gone="file-099.txt")
    windows = subprocess.run(
        ["tmux", "-L", INNER, "list-windows"], capture_output=True, text=True, check=True
    ).stdout
    assert len(windows.splitlines()) == 2
    terminal.type("exit")
    terminal.keys("Enter")
    terminal.wait_for("engine ok", "file-099.txt")
    is_where_it_was(terminal)


@pytest.mark.parametrize("tmux", [True, False], ids=["popup", "suspended"])
def test_an_editor_that_fails_or_is_not_there_is_told(
    terminal: Terminal, person: User, repository: Path, tmux: bool
) -> None:
    person.env["EDITOR"] = "/nonexistent/editor --fast"
    start(terminal, person, repository, tmux=tmux)
    to_a_file_far_down(terminal)
    terminal.keys("e")
    terminal.wait_for("there is no program '/nonexistent/editor'")
    is_where_it_was(terminal)


@pytest.mark.parametrize("tmux", [True, False], ids=["popup", "suspended"])
def test_a_prompt_stays_as_it_was_where_the_editor_fails(
    terminal: Terminal, person: User, repository: Path, tmux: bool
) -> None:
    person.env["EDITOR"] = "sh -c 'echo other > \"$0\"; exit 3'"
    start(terminal, person, repository, tmux=tmux)
    terminal.keys("G", "Enter")
    terminal.wait_for("Talk")
    terminal.keys("i")
    terminal.type("half a prompt")
    terminal.wait_for("half a prompt")
    terminal.keys("C-g")
    terminal.wait_for("the editor sh ended with exit code 3", "half a prompt")


def test_what_interrupts_an_editor_ends_nothing_else(
    terminal: Terminal, person: User, repository: Path
) -> None:
    start(terminal, person, repository, tmux=False)
    to_a_file_far_down(terminal)
    terminal.keys("e")
    terminal.wait_for("editing", "file-099.txt")
    terminal.keys("C-c")
    terminal.wait_for("engine ok", "the editor", "signal 2")
    is_where_it_was(terminal)


@pytest.mark.parametrize("place", ["popup", "window"])
def test_programs_in_tmux_have_the_variables_and_the_folder_of_the_interface(
    terminal: Terminal, person: User, repository: Path, tmp_path: Path, place: str
) -> None:
    person.boatyard("config", "set", "interface.tmux", place)
    (tmp_path / "bin").mkdir()
    editor = tmp_path / "bin" / "my-editor"
    editor.write_text('#!/bin/sh\necho "flag=$MY_FLAG at=$(pwd)"\nread line\n')
    editor.chmod(0o755)
    person.env["EDITOR"] = ""
    bare = f"env -u TMUX -u TMUX_PANE tmux -L {INNER} -f /dev/null new-session".split()
    mine = f"env PATH={tmp_path}/bin:{os.environ['PATH']} EDITOR=my-editor MY_FLAG=it's".split()
    terminal.run(person, repository, *bare, *mine, *COMMAND)
    terminal.wait_for("engine ok", "write-notes")
    to_a_file_far_down(terminal)
    terminal.keys("e")
    terminal.wait_for(f"flag=it's at={repository}")
    terminal.keys("Enter")
    terminal.wait_for("engine ok", "file-099.txt", gone="flag=")
