"""The user's own keys: read, checked, used, and named wherever a key is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.keys import _character_to_key

from core.paths import find_home
from tests.tui.driver import Driver, driven
from tests.tui.fake_engine import FakeEngine
from tui.keys.actions import BY_ID
from tui.keys.keymap import resolve
from tui.keys.names import PUNCTUATION, BadKey, key_name, parse_key
from tui.keys.settings import read_keymap
from tui.widgets.prompt import Prompt


def settings(folder: Path, text: str) -> Path:
    """A home whose settings say `text`."""
    (folder / "config").mkdir(parents=True)
    (folder / "config" / "config.toml").write_text(text)
    return folder


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("n", "n"), ("N", "N"), ("?", "question_mark"), ("question_mark", "question_mark"), ("esc", "escape"),
        ("PgDn", "pagedown"), ("ctrl+T", "ctrl+t"), ("shift+a", "A"), ("Shift+Ctrl+Up", "ctrl+shift+up"),
        ("ctrl++", "ctrl+plus"), ("+", "plus"), ("ö", "ö"), ("space", "space"), (" ", "space"), ("F5", "f5"),
    ],
)  # fmt: skip
def test_a_key_may_be_written_in_any_usual_way(written: str, key: str) -> None:
    assert parse_key(written) == key
    assert parse_key(key_name(key)) == key


@pytest.mark.parametrize("written", ["", "f13", "ctl+x", "ctrl+ctrl+x", "nn", "\x1b", "“", "\u202e"])
def test_what_is_no_key_is_refused(written: str) -> None:
    with pytest.raises(BadKey):
        parse_key(written)


def test_the_nearest_key_is_named() -> None:
    with pytest.raises(BadKey, match="nearest is shift\\+pagedown"):
        parse_key("shift+pagedwn")


def test_characters_have_the_names_that_textual_gives_them() -> None:
    assert {char: _character_to_key(char) for char in PUNCTUATION} == PUNCTUATION


def test_entries_that_cannot_be_used_are_left_out_and_all_others_hold(tmp_path: Path) -> None:
    text = (
        '[agents.x]\nkind = "command"\ncommand = ["x"]\n[keys]\npreset = "vmi"\n\n[keys.map]\nmerge = "q"\n'
        'comand = "X"\n"copy" = "F13"\nlanding = "ctrl+b"\nnewline = "k"\ncommand = ["f9", "!"]\nquit = []\n'
        'search = "K"\n'
    )
    file = settings(tmp_path, text) / "config" / "config.toml"
    keymap, troubles = read_keymap(file)
    told = {each.entry: (each.line, each.warning, f"{each.message} {each.hint}") for each in troubles}
    assert keymap.names("command") == "f9 !" and keymap.names("quit") == ""
    assert keymap.names("merge") == "q", "quit has given its key away"
    assert told["preset"] == (5, False, "there is no preset 'vmi' Did you mean 'vim'?")
    assert told["comand"][0] == 9 and "'command'" in told["comand"][2]
    assert told["copy"][0] == 10 and "f1" in told["copy"][2].casefold() and keymap.names("copy") == "y"
    assert told["landing"][:2] == (11, True) and "prefix of tmux" in told["landing"][2]
    assert keymap.names("landing") == "ctrl+b"
    assert told["newline"][0] == 12 and "to write with" in told["newline"][2]
    assert told["search"][0] == 15 and "'file-previous'" in told["search"][2], "K goes through the diff"
    assert set(told) == {"preset", "comand", "copy", "landing", "newline", "search"}


def test_two_entries_that_want_one_key_and_one_that_loses_it_again() -> None:
    keymap, troubles = resolve("default", {"new": "m", "merge": "D", "stop": "D"})
    assert [trouble.entry for trouble in troubles] == ["stop"]
    assert (keymap.first("new"), keymap.first("merge"), keymap.first("stop")) == ("m", "D", "s")
    keymap, troubles = resolve("default", {"new": "m", "merge": "q"})
    assert {trouble.entry for trouble in troubles} == {"merge", "new"}
    assert (keymap.first("new"), keymap.first("merge")) == ("n", "m")


def test_keys_can_change_places() -> None:
    keymap, troubles = resolve("vim", {"new": "m", "merge": "n"})
    assert not troubles and (keymap.first("new"), keymap.first("merge")) == ("m", "n")
    assert keymap.first("new-file") == "m", "what stands for it in a place goes with it"
    keymap, troubles = resolve("default", {"new": "m", "merge": "n", "new-file": "D"})
    assert not troubles and keymap.first("new-file") == "D"
    keymap, _ = resolve("vim", {"new": "m", "merge": "n"})
    assert set(keymap.textual()) >= {"new", "merge", "undo"} and set(keymap.textual()) < set(BY_ID)


def _any_ends(ui: Driver, text: str, end: str) -> bool:
    """Whether there is a line with a text and this at its end, before any frame."""
    return any(text in line and line.rstrip(" │┃█▐▌").endswith(end) for line in ui.lines())


async def _undone(ui: Driver) -> list[str]:
    done: list[str] = []

    async def undo() -> None:
        done.append("undone")

    ui.app.can_undo("Something was done", undo)
    return done


async def test_keys_of_a_preset_and_of_ones_own_do_what_they_say_and_are_shown(
    engine: FakeEngine, tmp_path: Path
) -> None:
    own = 'pane-4 = "D"\nhelp = "f1"\nnew = "m"\nmerge = "n"\nlimits = "Y"\n'
    text = f'[keys]\npreset = "vim"\n[keys.map]\n{own}'
    home = find_home(str(settings(tmp_path, text)))
    async with driven(engine, home=home) as ui:
        await ui.open_workspace("second")
        footer = ui.lines()[-1]
        assert " D diff" in footer and " n merge" in footer and footer.rstrip().endswith("f1 help  : find")
        await ui.press("D")
        await ui.until(lambda: ui.app.home.view == "diff", "the diff")
        await ui.press("4", "question_mark")
        assert ui.app.screen is ui.app.home, "the old keys do nothing"
        await ui.press("f1")
        await ui.sees("Keys that work here")
        await ui.type("undo")
        await ui.until(lambda: _any_ends(ui, "", " u"), "u undoes")
        await ui.press("escape", "1")
        done = await _undone(ui)
        await ui.sees("u takes it back")
        await ui.press("u")
        await ui.until(lambda: done, "it was undone")
        await ui.press("colon")
        await ui.type("new task")
        await ui.sees("New task, in the selected project")
        assert _any_ends(ui, "New task", " m")
        await ui.press("escape", "Y")
        await ui.sees("Limits and network of second")


async def test_enter_can_start_a_line_and_another_key_send(engine: FakeEngine, tmp_path: Path) -> None:
    text = '[keys.map]\nsend = "ctrl+j"\nnewline = "enter"\n'
    async with driven(engine, home=find_home(str(settings(tmp_path, text)))) as ui:
        await ui.open_workspace("second")
        await ui.sees("ctrl+j sends, enter starts a new line")
        await ui.press("i")
        await ui.until(lambda: isinstance(ui.app.home.focused, Prompt), "the prompt has the focus")
        await ui.type("one")
        await ui.press("enter")
        await ui.type("two")
        assert ui.app.home.session.prompt.text == "one\ntwo"
        await ui.press("ctrl+j")
        assert (await ui.asked("send"))[1] == "one\ntwo"


async def test_what_is_wrong_with_the_keys_is_told_at_the_start(engine: FakeEngine, tmp_path: Path) -> None:
    home = find_home(str(settings(tmp_path, '[keys.map]\nnew = "q"\n')))
    async with driven(engine, home=home) as ui:
        await ui.until(
            lambda: any(
                "line 2: new: q is taken by 'quit'" in each.message for each in ui.app._notifications
            ),
            "told",
        )
        await ui.sees("give 'quit' another one")
        await ui.press("n")
        await ui.sees("New task")


async def test_settings_that_cannot_be_read_leave_the_usual_keys(engine: FakeEngine, tmp_path: Path) -> None:
    home = find_home(str(settings(tmp_path, '[keys]\npreset = "vim"\nmaps = 3\n')))
    async with driven(engine, home=home) as ui:
        await ui.sees("line 3", "Did you mean 'map'?")
        await ui.press("n")
        await ui.sees("New task")
