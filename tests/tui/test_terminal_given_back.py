"""However the interface ends, on a real terminal: every mode that it set is as it was, and so is the line."""

from __future__ import annotations

import asyncio
import re
import signal
import sys

import psutil
import pytest

from tests.acceptance.conftest import user
from tests.acceptance.user import COMMAND, User
from tests.pty import Terminal
from tests.tui.test_start import SCENE, environment
from tests.waiting import until

__all__ = ["user"]

SHOWN, WRAPS = b"25", b"7"
"""Modes that are on when a terminal is left: the cursor is shown, and long lines wrap."""

SPOILT = """
import asyncio, signal, sys
from tests.tui.fake_engine import FakeEngine
from textual.widget import Widget
from tui.app import BoatyardApp

def boom(*_):
    password = "-".join(("s3cret", "of", "the", "user"))
    raise RuntimeError("broken on purpose")

async def work(*_):
    boom()

class Spoilt(BoatyardApp):
    def on_mount(self):
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self.spoil)

    def spoil(self):
        match sys.argv[1]:
            case "handler":
                self.home.call_later(boom)
            case "worker":
                self.run_worker(work())
            case "timer":
                self.set_timer(0.001, boom)
            case "painting":
                for widget in self.home.walk_children(Widget):
                    widget.render_lines = boom
                self.home.refresh(layout=True)
            case "thread":
                self.run_worker(boom, thread=True)
            case "system exit":
                raise SystemExit(3)

app = Spoilt(FakeEngine().connect)
app.run()
sys.exit(app.return_code or 0)
"""


BEHIND = """
import os, signal, sys
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
if os.fork() == 0:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.execv(sys.executable, [sys.executable, "-c", sys.argv[1]])
signal.signal(signal.SIGUSR1, lambda *_: os.tcsetpgrp(0, os.getpgrp()))
while True:
    signal.pause()
"""


def modes_left_on(written: bytes) -> set[bytes]:
    """The private modes that are on after what was written, the ones that are on at rest left out."""
    on: set[bytes] = set()
    for modes, letter in re.findall(rb"\x1b\[\?([\d;]+)([hl])", written):
        for mode in modes.split(b";"):
            on = on | {mode} if letter == b"h" else on - {mode}
    return on - {SHOWN, WRAPS}


def check_given_back(terminal: Terminal) -> None:
    """Screen, mouse, pasting, focus, keys and cursor are as they were, and the line is edited again."""
    assert modes_left_on(terminal.written) == set()
    last = re.findall(rb"\x1b\[\?25([hl])", terminal.written)
    assert last[-1:] in ([], [b"h"]), "the cursor is shown"
    assert terminal.written.count(b"\x1b[>1u") <= terminal.written.count(b"\x1b[<u"), "keys are told as ever"
    assert terminal.line() == terminal.line_before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda n: n.name)
def test_after_a_signal(number: signal.Signals) -> None:
    with Terminal([sys.executable, "-c", SCENE], env=environment()) as terminal:
        terminal.until_shown("engine ok")
        assert modes_left_on(terminal.written) and terminal.line() != terminal.line_before, "it had them on"
        terminal.send_signal(number)
        terminal.end()
        check_given_back(terminal)


@pytest.mark.parametrize("place", ["handler", "worker", "timer", "painting", "thread", "system exit"])
def test_after_a_crash_of_its_own(place: str) -> None:
    with Terminal([sys.executable, "-c", SPOILT, place], env=environment()) as terminal:
        terminal.until_shown("engine ok")
        terminal.send_signal(signal.SIGUSR1)
        code = terminal.end()
        check_given_back(terminal)
    assert code != 0
    left = terminal.written[terminal.written.rfind(b"\x1b[?1049l") :]
    if place != "system exit":
        assert b"broken on purpose" in left, "what happened is told where it can be read"
    assert b"s3cret-of-the-user" not in left, "and nothing of what variables held"


@pytest.mark.slow
def test_after_the_engine_was_killed_meanwhile(user: User) -> None:
    env = environment(BOATYARD_HOME=str(user.home), BOATYARD_DEMO_PACE="0")
    engine = psutil.Process(user.engine_pid())
    with Terminal([*COMMAND], env=env) as terminal:
        terminal.until_shown("engine ok")
        engine.kill()
        seen = len(terminal.written)
        terminal.until(lambda written: b"engine" in written[seen:])
        terminal.send_signal(signal.SIGTERM)
        terminal.end()
        check_given_back(terminal)


async def test_a_terminal_that_goes_while_another_program_has_it_ends_the_interface() -> None:
    with Terminal([sys.executable, "-c", BEHIND, SCENE], env=environment()) as terminal:
        terminal.until_shown("engine ok")
        (interface,) = psutil.Process(terminal.pid).children()
        terminal.send_signal(signal.SIGUSR1)
        await until(lambda: terminal.in_front() == terminal.pid)
        terminal.hang_up()
        await asyncio.to_thread(interface.wait, 20)
