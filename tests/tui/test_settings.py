"""The screen of settings: what each is, who says it, how it is changed and taken back."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import pytest

from core.paths import Home, find_home
from core.settings_help import CHOICES
from core.values import requests as ask
from core.values.configuration import Setting
from tests.tui.driver import SIZES, Driver, driven
from tests.tui.fake_engine import FakeEngine
from tui.keys.presets import PRESETS
from tui.settings.sheet import SettingsSheet
from tui.settings.values import line_of


async def at(ui: Driver, *words: str) -> SettingsSheet:
    """The screen, with only the settings that have these words."""
    await ui.press("comma")
    await ui.sees("Settings", "idle_minutes")
    sheet = ui.app.screen
    assert isinstance(sheet, SettingsSheet)
    if words:
        await ui.press("slash")
        await ui.type(" ".join(words))
        await ui.press("enter")
    return sheet


def _more_than(bare_engine: FakeEngine, number: int) -> bool:
    return len(sent(bare_engine)) > number


def sent(bare_engine: FakeEngine) -> list[tuple[str, str | None]]:
    return [value for call, value in bare_engine.calls if call == "set_config"]


@pytest.mark.parametrize("size", SIZES)
async def test_every_setting_is_shown_with_its_value_who_says_it_and_its_sentence(
    engine: FakeEngine, size: tuple[int, int]
) -> None:
    async with driven(engine, size) as ui:
        await at(ui)
        lines = {line.split()[1]: line.split() for line in ui.lines() if len(line.split()) > 3}
        assert "file" in lines["memory_mb"] and "777" in lines["memory_mb"]
        assert "default" in lines["hooks"] and "yes" in lines["hooks"]
        await ui.press("slash")
        await ui.type("memory")
        await ui.press("enter")
        await ui.sees("Memory that a container may use.", "default: 4096; a number from 16 to 9000")


async def test_words_leave_only_what_has_them_and_escape_shows_all_again(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        sheet = await at(ui, "memory")
        assert [row.key for row in sheet._rows.rows] == ["workspace", "workspace.memory_mb"]
        await ui.press("escape")
        await ui.sees("allow_hosts")
        await ui.press("escape")
        await ui.until(lambda: ui.app.screen is ui.app.home, "the panes again")


async def test_a_switch_is_turned_a_choice_chosen_and_a_list_typed_as_words(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        sheet = await at(ui)
        for key, then in (
            ("merge.hooks", ()), ("workspace.runner", ("3",)),
            ("workspace.allow_hosts", (*" b.org", "enter")),
        ):  # fmt: skip
            before = len(sent(engine))
            sheet._rows.reveal(key)
            await ui.press("enter")
            if then:
                await ui.until(lambda: ui.app.screen is not sheet, key)
                await ui.press(*("space" if each == " " else each for each in then))
            await ui.until(partial(_more_than, engine, before), key)
            await ui.until(lambda: ui.app.screen is sheet, "back")
        assert sent(engine) == [
            ("merge.hooks", "false"), ("workspace.runner", '"host"'),
            ("workspace.allow_hosts", '["a.org", "b.org"]'),
        ]  # fmt: skip


async def test_what_makes_no_sense_is_said_and_can_be_put_right(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await at(ui, "memory")
        await ui.press("enter")
        await ui.sees("A number from 16 to 9000")
        await ui.press("ctrl+u", *"many", "enter")
        await ui.sees("'many' is no number", "Write one from 16 to 9000")
        await ui.press("ctrl+u", "1", "enter")
        await ui.sees("line 2: expected >= 16", "Nothing was changed")
        await ui.press("0", "0", "enter")
        await ui.until(lambda: engine.settings_["workspace.memory_mb"].value == "100", "written")


async def test_a_change_and_a_return_to_the_default_are_taken_back_one_by_one(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await at(ui, "memory")
        await ui.press("d")
        await ui.until(lambda: sent(engine) == [("workspace.memory_mb", None)], "the default")
        await ui.sees("4096", "default ")
        await ui.press("z")
        await ui.until(lambda: sent(engine)[1:] == [("workspace.memory_mb", "777")], "as before")
        await ui.sees("777")
        await ui.press("z")
        await ui.sees("nothing was changed here yet")


async def test_a_preset_of_keys_holds_at_once(engine: FakeEngine, tmp_path: Path) -> None:
    home = _home(tmp_path)
    async with driven(engine, home=home) as ui:
        await at(ui, "preset")
        (home.config / "config.toml").write_text('[keys.map]\nsettings = "f9"\n')
        await ui.press("enter", "2")
        await ui.until(lambda: sent(engine) == [("keys.preset", '"vim"')], "written")
        await ui.until(lambda: ui.app.keymap.first("settings") == "f9", "the keys of now")
        await ui.press("escape", "escape", "f9")
        await ui.sees("Settings")


async def test_a_key_that_is_taken_is_refused_and_a_free_one_written(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await at(ui)
        await ui.press("K")
        await ui.sees("Another key for")
        await ui.type("merge the workspace")
        await ui.press("enter")
        await ui.sees("keys.map.merge")
        await ui.press("ctrl+u", "n", "enter")
        await ui.sees("n is taken by 'new' in the same place")
        assert not sent(engine)
        await ui.press("ctrl+u", *"f9", "enter")
        await ui.until(lambda: sent(engine) == [("keys.map.merge", '["f9"]')], "written")


async def test_a_theme_is_seen_while_it_is_chosen_and_undone(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await at(ui, "theme")
        await ui.press("enter")
        await ui.sees("Colours")
        await ui.type("nord")
        await ui.until(lambda: ui.app.theme == "nord", "seen at once")
        await ui.press("enter")
        await ui.sees("interface", "nord")
        await ui.press("z")
        await ui.until(lambda: ui.app.theme != "nord", "as before")


async def test_a_variable_of_the_environment_goes_before(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOATYARD_THEME", "nord")
    async with driven(engine) as ui:
        await at(ui, "theme")
        await ui.sees("BOATYARD_THEME")
        await ui.press("enter")
        await ui.sees("BOATYARD_THEME says it")


async def test_values_that_may_be_secrets_are_changed_in_the_file_alone(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await at(ui, "variables")
        await ui.press("enter")
        await ui.sees("change it in the file")


async def test_the_form_of_limits_leads_back(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await at(ui)
        await ui.press("D")
        await ui.sees("Defaults of new workspaces")
        await ui.press("escape")
        await ui.sees("Settings", "idle_minutes")


def test_the_line_of_a_key_is_found_in_its_table(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("cpus = 1\n[workspace]\nimage = 'x'\ncpus = 2\n[merge]\n")
    found = [
        line_of(path, key) for key in ("workspace.cpus", "workspace.network", "merge.style", "logs.x", "")
    ]
    assert found == [4, 2, 5, 1, 1]
    assert line_of(tmp_path / "none", "a.b") == 1


def test_the_presets_that_the_settings_offer_are_those_there_are() -> None:
    assert set(CHOICES["keys.preset"]) == set(PRESETS)


def _home(folder: Path) -> Home:
    home = find_home(str(folder))
    home.config.mkdir(parents=True, exist_ok=True)
    return home


async def test_what_the_project_says_otherwise_is_shown_and_changed(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        sheet = await at(ui, "project")
        await ui.sees("project app", "merge_style", "app.setup_script", "mine")
        sources = {row.key: row.source for row in sheet._rows.rows if row.setting}
        assert sources["project app.merge_style"] == "project"
        await ui.press("enter")
        await ui.sees("squash")
        await ui.press("2")
        project, body = await ui.asked("update_project")
        assert (project, body.merge_style) == ("project-app", "squash")
        await ui.press("z")
        await ui.until(lambda: last_change(engine).merge_style == "merge", "taken back")
        await ui.press("d")
        await ui.sees("the project says that itself")
        await ui.press("j", "enter")
        await ui.sees("app in app")


def last_change(engine: FakeEngine) -> ask.UpdateProject:
    """What was asked for the project last."""
    changes: list[ask.UpdateProject] = [value[1] for call, value in engine.calls if call == "update_project"]
    return changes[-1]


async def test_settings_that_are_not_read_yet_are_not_said_to_fit_nothing(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, settings = asyncio.Event(), engine.settings

    async def slowly() -> tuple[Setting, ...]:
        await gate.wait()
        return await settings()

    monkeypatch.setattr(engine, "settings", slowly)
    async with driven(engine) as ui:
        await ui.press("comma")
        await ui.sees("Reading the settings")
        gate.set()
        await ui.sees("idle_minutes")


async def test_each_of_two_quick_enters_turns_a_switch_and_the_cursor_goes_on(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, change = asyncio.Event(), engine.set_config

    async def waits(body: ask.SetConfig) -> object:
        await gate.wait()
        return await change(body)

    monkeypatch.setattr(engine, "set_config", waits)
    async with driven(engine) as ui:
        sheet = await at(ui)
        sheet._rows.reveal("merge.hooks")
        await ui.press("enter", "enter", "d", "enter", "j")
        on = sheet._rows.current
        gate.set()
        await ui.until(partial(_more_than, engine, 3), "all four")
        async with sheet.in_turn:
            assert sheet._rows.current and on and sheet._rows.current.key == on.key
        hooks = "merge.hooks"
        assert sent(engine) == [(hooks, "false"), (hooks, "true"), (hooks, None), (hooks, "false")]
