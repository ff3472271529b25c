"""A picture among a workspace's files on real terminals: kitty's graphics, Sixel, and half blocks in tmux."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.acceptance.terminal import Terminal
from tests.acceptance.user import COMMAND, User, git, make_repository
from tests.pty import SIXEL
from tests.pty import Terminal as Pty
from tests.sixel import IMAGE, Painted, painted

pytestmark = pytest.mark.slow
PLACEHOLDER = "\U0010eeee".encode()


@pytest.fixture
def repository(user: User, tmp_path: Path) -> Path:
    """With a picture; a workspace on the host has it, too."""
    folder = make_repository(tmp_path / "repo", {"README.md": "# Repo\n"})
    Image.new("RGB", (64, 32), "#ff8000").save(folder / "orange.png")
    halves = Image.new("RGB", (695, 310), "#ff8000")
    halves.paste("#0033ff", (350, 0, 695, 310))
    halves.save(folder / "halves.png")
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
    terminal.wait_for("repo/", "orange.png")
    terminal.keys("G")
    terminal.wait_for("PNG picture, 64 x 32 pixels", "▀" * 60)
    terminal.keys("k", "k")
    terminal.wait_for("# Repo", gone="▀▀")


def test_a_terminal_with_kittys_graphics_is_given_the_pixels_and_relieved_of_them(
    user: User, repository: Path
) -> None:
    with Pty(COMMAND, env=environment(user, "xterm-kitty")) as terminal:
        go_to(terminal, b"orange")
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


def test_a_terminal_that_says_that_it_draws_sixel_is_sent_the_pictures_pixels(
    user: User, repository: Path
) -> None:
    with Pty(COMMAND, env=environment(user, "xterm-256color"), answers=SIXEL) as terminal:
        go_to(terminal, b"halves")
        terminal.until(IMAGE.search, 60)
        row, column, picture = sent(terminal)
        assert picture.size == (700, 320)
        orange, blue = (100, 50, 0), (0, 20, 100)
        for (x, y), shade in picture.pixels.items():
            if x < 695 and y < 310:
                assert shade == (orange if x < 350 else blue)
        assert len(picture.pixels) == 700 * 320
        facts = next(at for at, line in enumerate(terminal.text.splitlines()) if "695 x 310 pixels" in line)
        assert row == facts + 3 and "▀" not in terminal.text

        step(terminal, b":", "▀")  # what covers a part of it leaves the rest to half blocks
        assert erased(row, column) in terminal.written and not IMAGE.search(terminal.written)
        terminal.begin()
        terminal.press(b"\x1b")
        terminal.until(IMAGE.search, 60)
        assert sent(terminal) == (row, column, picture)

        step(terminal, b"\x1b[A", "# Repo")  # the file above
        assert erased(row, column) in terminal.written and "▀" not in terminal.text
        terminal.begin()
        terminal.press(b"\x1b[B")
        terminal.until(IMAGE.search, 60)
        terminal.begin()
        terminal.press(b"q")
        assert terminal.end() == 0
        assert erased(row, column) in terminal.written and not IMAGE.search(terminal.written)


def test_after_a_change_of_size_it_is_painted_where_it_is_then(user: User, repository: Path) -> None:
    with Pty(COMMAND, env=environment(user, "xterm-256color"), answers=SIXEL) as terminal:
        go_to(terminal, b"halves")
        terminal.until(IMAGE.search, 60)
        terminal.begin()
        terminal.resize(110, 16)
        terminal.until(IMAGE.search, 60)
        _, _, picture = sent(terminal)
        assert picture.size[1] < 16 * 20 and {(100, 50, 0), (0, 20, 100)} <= set(picture.pixels.values())


@pytest.mark.parametrize("setting", ["auto", "blocks"])
def test_without_sixel_or_the_wish_for_it_there_are_half_blocks(
    user: User, repository: Path, setting: str
) -> None:
    answers = SIXEL if setting == "blocks" else True
    (user.home / "config").mkdir(exist_ok=True)
    (user.home / "config" / "config.toml").write_text(f'[interface]\npictures = "{setting}"\n')
    with Pty(COMMAND, env=environment(user, "xterm-256color"), answers=answers) as terminal:
        go_to(terminal, b"halves")
        terminal.until_shown("▀" * 20, 60)
        assert b"\x1bP" not in terminal.written


def environment(user: User, kind: str) -> dict[str, str]:
    """Of a terminal of a kind, with nothing of the one that the tests run in."""
    found = {**user.environment, "TERM": kind, "COLORTERM": "truecolor"}
    for name in ("TMUX", "NO_COLOR", "TERM_PROGRAM", "SSH_CONNECTION", "KITTY_WINDOW_ID"):
        found.pop(name, None)
    return found


def go_to(terminal: Pty, name: bytes) -> None:
    """Opens the workspace, and puts the cursor on a file."""
    terminal.until_shown("write-notes", 60)
    step(terminal, b"G\r", "Talk")
    step(terminal, b"3", "orange.png")
    step(terminal, b"/", "find")
    step(terminal, name, name.decode())
    terminal.begin()
    terminal.press(b"\r")


def sent(terminal: Pty) -> tuple[int, int, Painted]:
    """The one picture that was sent: row and column, from 1, and its pixels."""
    (found,) = IMAGE.findall(terminal.written)
    assert found[2].split(b";")[1] == b"1"
    return int(found[0]), int(found[1]), painted(found[3])


def erased(row: int, column: int) -> bytes:
    """What erases the first row of the large picture."""
    return b"\x1b[%d;%dH\x1b[70X" % (row, column)


def step(terminal: Pty, keys: bytes, seen: str) -> None:
    """Presses keys, and waits for what they bring."""
    terminal.begin()
    terminal.press(keys)
    terminal.until_drawn(seen, 60)
