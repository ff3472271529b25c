"""A picture among a workspace's files on real terminals: kitty's graphics, and half blocks in tmux."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.acceptance.terminal import Terminal
from tests.acceptance.user import COMMAND, User, git, make_repository
from tests.pty import Terminal as Pty

pytestmark = pytest.mark.slow
PLACEHOLDER = "\U0010eeee".encode()


@pytest.fixture
def repository(user: User, tmp_path: Path) -> Path:
    """With a picture; a workspace on the host has it, too."""
    folder = make_repository(tmp_path / "repo", {"README.md": "# Repo\n"})
    Image.new("RGB", (64, 32), "#ff8000").save(folder / "orange.png")
    git(folder, "add", "-A")
    git(folder, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "picture")
    user.env["DOCKER_HOST"] = "unix:///nonexistent/docker.sock"
    run = ("--repo", str(folder), "--agent", "demo", "--runner", "host", "--approve", "all", "--wait")
    user.boatyard("run", "Write NOTES.md about the sea", *run)
    return folder


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    each = Terminal("pictures", 120, 40)
    yield each
    each.kill()


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_in_tmux_it_is_drawn_in_half_blocks(terminal: Terminal, user: User, repository: Path) -> None:
    terminal.open(user, repository)
    terminal.wait_for("engine ok", "write-notes")
    terminal.keys("G", "Enter")
    terminal.wait_for("Talk")
    terminal.keys("3")
    terminal.wait_for("repo/")
    terminal.keys("Space")
    terminal.wait_for("orange.png")
    terminal.keys("G")
    terminal.wait_for("PNG picture, 64 x 32 pixels", "▀" * 60)
    terminal.keys("k")
    terminal.wait_for("# Repo", gone="▀▀")


def test_a_terminal_with_kittys_graphics_is_given_the_pixels_and_relieved_of_them(
    user: User, repository: Path
) -> None:
    environment = {**user.environment, "TERM": "xterm-kitty", "COLORTERM": "truecolor"}
    for name in ("TMUX", "NO_COLOR", "TERM_PROGRAM", "SSH_CONNECTION"):
        environment.pop(name, None)
    with Pty(COMMAND, env=environment) as terminal:
        terminal.until_shown("write-notes", 60)
        step(terminal, b"G\r", "Talk")
        step(terminal, b"3", "repo/")
        step(terminal, b" ", "orange.png")
        step(terminal, b"/", "find")
        step(terminal, b"orange", "orange")
        step(terminal, b"\r", "")
        terminal.until(lambda written: PLACEHOLDER in written, 60)
        given = re.search(
            rb"\x1b_Ga=T,U=1,q=2,f=24,o=z,i=(\d+),s=(\d+),v=(\d+),c=(\d+),r=(\d+),m=", terminal.written
        )
        assert given is not None
        number, width, height, columns, rows = map(int, given.groups())
        assert (width, height) == (64, 32) and (columns, rows) == (8, 2)
        look = f"38;2;{number >> 16 & 255};{number >> 8 & 255};{number & 255}".encode()
        cells = re.findall(rb"\x1b\[([0-9;]*)m" + PLACEHOLDER, terminal.written)
        assert cells and all(look in cell for cell in cells)
        terminal.written = b""
        terminal.press(b"q")
        assert terminal.end() == 0
        assert f"a=d,d=I,q=2,i={number};".encode() in terminal.written


def step(terminal: Pty, keys: bytes, seen: str) -> None:
    """Presses keys, and waits for what they bring."""
    terminal.begin()
    terminal.press(keys)
    terminal.until_drawn(seen, 60)
