"""On a real terminal: what is imported before the first paint, and which bytes are written."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.pty import Terminal
from tui.engine.preferences import Preferences, read_preferences, write_preferences

HEAVY = (
    "aiohttp",
    "docker",
    "git",
    "peewee",
    "acp",
    "pygments.lexers",
    "msgspec",
    "textual.widgets._text_area",
)
SCENE = """
from tests.tui.fake_engine import FakeEngine
from tests.tui.test_hostile_text import fill
from tui.app import BoatyardApp
bare_engine = FakeEngine()
fill(bare_engine)
BoatyardApp(bare_engine.connect).run()
"""


def test_nothing_heavy_is_imported_before_the_first_paint() -> None:
    code = "import json, sys, tui.entry, tui.app, tui.engine.access; print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    loaded = set(json.loads(done.stdout))
    assert not loaded & set(HEAVY)
    assert not any(
        name.startswith(("core.client", "tui.commands", "tui.home.panes", "tui.home.screen"))
        for name in loaded
    )


def environment(**more: str) -> dict[str, str]:
    """The test's, with a terminal that has colours."""
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TMUX")}
    return kept | {"TERM": "xterm-256color", "COLORTERM": "truecolor"} | more


def test_no_control_sequence_of_outside_text_reaches_the_terminal() -> None:
    with Terminal([sys.executable, "-c", SCENE], env=environment()) as terminal:
        terminal.until_shown("engine ok")
        terminal.press(b"jjjjj")
        terminal.until_shown("waiting")
        terminal.press(b";")
        terminal.until_shown("The agent asks")
        for keys in (b"]", b"]", b"3", b"4", b"d", b"\x1b", b"\x11"):
            terminal.press(keys)
            terminal.read(0.2)
        assert terminal.end() == 0
    written = terminal.written
    # Textual itself sets the shape of the mouse pointer, and the title has a number of ours; nothing else
    # may be an OSC.
    told = set(re.findall(rb"\x1b\][^\x07\x1b]*", written))
    assert {osc for osc in told if not re.fullmatch(rb"\x1b\]2;(\(\d+!\) )?boatyard", osc)} <= {
        b"\x1b]22;default"
    }
    assert written.count(b"\x1b[22;0t") == written.count(b"\x1b[23;0t") == 1, "the title is given back"
    assert b"\x9b" not in re.sub(rb"[\xc2-\xf4][\x80-\xbf]+", b"", written)
    text = written.decode(errors="replace")
    assert not set(text) & set("\u202e\u2066\u200b\ufeff\x7f\x9d\x9c")
    assert "c;cm0gLXJm" in text  # It is shown, as text.


def test_without_colour_no_colour_is_written() -> None:
    with Terminal([sys.executable, "-c", SCENE], env=environment(NO_COLOR="1")) as terminal:
        terminal.until_shown("engine ok")
        terminal.press(b"jj")
        terminal.read(0.3)
    codes = {
        code for found in re.findall(rb"\x1b\[([\d;]*)m", terminal.written) for code in found.split(b";")
    }
    assert not {str(code).encode() for code in (*range(30, 39), *range(40, 49), *range(90, 98))} & codes
    assert b"7" in codes  # The cursor is told by reverse video.


LAUNCHES = {
    "by itself": 'exec "$@"',
    "by somebody who ignores the signal": "trap '' HUP; exec \"$@\"",
    "where no signal of the terminal comes": 'exec 3<&0; setsid "$@" <&3 & wait',
}


@pytest.mark.parametrize("how", LAUNCHES)
def test_a_terminal_that_is_lost_ends_the_interface(how: str) -> None:
    argv = ["sh", "-c", LAUNCHES[how], "sh", sys.executable, "-c", SCENE]
    with Terminal(argv, env=environment()) as terminal:
        terminal.until_shown("engine ok")
        launched = psutil.Process(terminal.pid)
        interface = next(
            each for each in [launched, *launched.children(recursive=True)] if "python" in each.name()
        )
        terminal.hang_up()
        deadline = time.monotonic() + 10.0
        while not ended(interface):
            assert time.monotonic() < deadline, "it goes on without a terminal"
            time.sleep(0.02)


def ended(process: psutil.Process) -> bool:
    """Whether it runs no more, waited for or not."""
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


SHELL = """
import asyncio
from tests.tui.fake_engine import FakeEngine
from core.values.states import TaskStatus
from tui.app import BoatyardApp
bare_engine = FakeEngine()
project = bare_engine.put_project("app")
bare_engine.put_workspace(bare_engine.put_task(project, "task", TaskStatus.IN_PROGRESS), "one")

async def shell_argv(name, body):
    asyncio.ensure_future(rain())
    return ("sh", "-c", "echo THE-SHELL-RAN; read answer; echo IT-READ-$answer")

async def rain():
    for number in range(200):
        bare_engine.put_task(project, f"rain {number}")
        await asyncio.sleep(0.005)

bare_engine.shell_argv = shell_argv
BoatyardApp(bare_engine.connect).run()
"""


def test_a_shell_outside_tmux_gets_the_terminal_while_the_interface_goes_on() -> None:
    with Terminal([sys.executable, "-c", SHELL], env=environment()) as terminal:
        terminal.until_shown("engine ok")
        terminal.press(b"jjj")
        terminal.until_shown("Demo agent")
        terminal.press(b"E")
        terminal.until(lambda written: b"THE-SHELL-RAN" in written)
        left = terminal.written.rfind(b"\x1b[?1049l")
        assert left > terminal.written.rfind(b"\x1b[?1049h")
        for _ in range(30):
            terminal.read(0.05)
        assert b"rain" not in terminal.written[left:]
        terminal.press(b"yes\r")
        terminal.until(lambda written: b"IT-READ-yes" in written)
        terminal.until(lambda written: b"\x1b[?1049h" in written[left:] and b"rain 1" in written[left:])
        terminal.press(b"\x11")
        assert terminal.end() == 0


def test_at_rest_nothing_is_written() -> None:
    with Terminal([sys.executable, "-c", SCENE], env=environment()) as terminal:
        terminal.until_shown("engine ok")
        quiet, deadline = 0, time.monotonic() + 60
        while quiet < 3:  # seconds in a row: what ticks would be seen in one of them
            assert time.monotonic() < deadline, "something is written again and again"
            before, until = len(terminal.written), time.monotonic() + 1.0
            while (left := until - time.monotonic()) > 0:
                terminal.read(left)
            quiet = quiet + 1 if len(terminal.written) == before else 0


def test_preferences_outlive_the_interface(tmp_path: Path) -> None:
    path = tmp_path / "state" / "interface.json"
    write_preferences(path, Preferences(theme="ansi", drafts={"w": "text"}))
    assert read_preferences(path) == Preferences(theme="ansi", drafts={"w": "text"})
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["", "[]", "{", '{"theme": 3}', '{"drafts": [1]}', '{"unknown": 1}', "\x00"])
def test_preferences_that_cannot_be_read_are_empty_ones(tmp_path: Path, text: str) -> None:
    path = tmp_path / "interface.json"
    path.write_text(text)
    assert read_preferences(path) == Preferences()


EARLY = """
from tests.tui.fake_engine import FakeEngine
from tests.tui.test_hostile_text import fill
from tui.app import BoatyardApp
from tui.terminal.background import light_background
bare_engine = FakeEngine()
fill(bare_engine)
print("begins", flush=True)
BoatyardApp(bare_engine.connect, is_light=light_background).run()
"""
BACKGROUND = b"\x1b]11;rgb:0000/0000/0000\x1b\\\x1b[?62;c"


@pytest.mark.parametrize("when", ["before the question", "among the answers", "while it draws"])
def test_what_is_typed_while_the_interface_starts_is_done_when_it_is_there(when: str) -> None:
    typed = b"nTide\r"
    with Terminal([sys.executable, "-c", EARLY], env=environment(), answers=False) as terminal:
        terminal.until(lambda written: b"begins" in written)
        if when == "before the question":
            terminal.press(typed)
        terminal.until(lambda written: b"\x1b]11;?" in written)
        if when == "among the answers":
            terminal.press(typed[:2] + BACKGROUND + typed[2:])
        else:
            terminal.press(BACKGROUND)
        if when == "while it draws":
            terminal.until(lambda written: b"\x1b[?1049h" in written)
            terminal.press(typed)
        terminal.until_shown("Tide  ")


def test_an_answer_that_comes_after_its_time_is_taken_for_no_key() -> None:
    with Terminal([sys.executable, "-c", EARLY], env=environment(), answers=False) as terminal:
        terminal.until_shown("engine ok")
        terminal.press(b"n" + BACKGROUND + b"Tide")
        terminal.until_shown("Tide")
        assert "11;" not in "".join(terminal.picture.lines)
