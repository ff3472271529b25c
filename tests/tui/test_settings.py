"""The screen of settings: what each is, who says it, how it is changed and taken back."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from core.paths import Home, find_home
from core.settings_help import CHOICES
from tests.tui.harbour import Harbour
from tests.tui.steering import SIZES, Helm, at_the_helm
from tui.keys.presets import PRESETS
from tui.settings.sheet import SettingsSheet
from tui.settings.values import line_of


async def at(helm: Helm, *words: str) -> SettingsSheet:
    """The screen, with only the settings that have these words."""
    await helm.press("comma")
    await helm.sees("Settings", "idle_minutes")
    sheet = helm.app.screen
    assert isinstance(sheet, SettingsSheet)
    if words:
        await helm.press("slash")
        await helm.type(" ".join(words))
        await helm.press("enter")
    return sheet


def _more_than(harbour: Harbour, number: int) -> bool:
    return len(sent(harbour)) > number


def sent(harbour: Harbour) -> list[tuple[str, str | None]]:
    return [value for call, value in harbour.calls if call == "set_config"]


@pytest.mark.parametrize("size", SIZES)
async def test_every_setting_is_shown_with_its_value_who_says_it_and_its_sentence(
    fleet: Harbour, size: tuple[int, int]
) -> None:
    async with at_the_helm(fleet, size) as helm:
        await at(helm)
        lines = {line.split()[1]: line.split() for line in helm.lines() if len(line.split()) > 3}
        assert "file" in lines["memory_mb"] and "777" in lines["memory_mb"]
        assert "default" in lines["hooks"] and "yes" in lines["hooks"]
        await helm.press(*"jjjjjjj")
        await helm.sees("Memory that a container may use.", "default: 4096; a number from 16 to 9000")


async def test_words_leave_only_what_has_them_and_escape_shows_all_again(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        sheet = await at(helm, "memory")
        assert [row.key for row in sheet._rows.rows] == ["workspace", "workspace.memory_mb"]
        await helm.press("escape")
        await helm.sees("allow_hosts")
        await helm.press("escape")
        await helm.until(lambda: helm.app.screen is helm.app.home, "the panes again")


async def test_a_switch_is_turned_a_choice_chosen_and_a_list_typed_as_words(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        sheet = await at(helm)
        for key, then in (
            ("merge.hooks", ()), ("workspace.runner", ("3",)),
            ("workspace.allow_hosts", (*" b.org", "enter")),
        ):  # fmt: skip
            before = len(sent(fleet))
            sheet._rows.reveal(key)
            await helm.press("enter")
            if then:
                await helm.until(lambda: helm.app.screen is not sheet, key)
                await helm.press(*("space" if each == " " else each for each in then))
            await helm.until(partial(_more_than, fleet, before), key)
            await helm.until(lambda: helm.app.screen is sheet, "back")
        assert sent(fleet) == [
            ("merge.hooks", "false"), ("workspace.runner", '"host"'),
            ("workspace.allow_hosts", '["a.org", "b.org"]'),
        ]  # fmt: skip


async def test_what_makes_no_sense_is_said_and_can_be_put_right(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await at(helm, "memory")
        await helm.press("enter")
        await helm.sees("A number from 16 to 9000")
        await helm.press("ctrl+u", *"many", "enter")
        await helm.sees("'many' is no number", "Write one from 16 to 9000")
        await helm.press("ctrl+u", "1", "enter")
        await helm.sees("line 2: expected >= 16", "Nothing was changed")
        await helm.press("0", "0", "enter")
        await helm.until(lambda: fleet.settings_["workspace.memory_mb"].value == "100", "written")


async def test_a_change_and_a_return_to_the_default_are_taken_back_one_by_one(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await at(helm, "memory")
        await helm.press("d")
        await helm.until(lambda: sent(fleet) == [("workspace.memory_mb", None)], "the default")
        await helm.sees("4096", "default ")
        await helm.press("z")
        await helm.until(lambda: sent(fleet)[1:] == [("workspace.memory_mb", "777")], "as before")
        await helm.sees("777")
        await helm.press("z")
        await helm.sees("nothing was changed here yet")


async def test_a_preset_of_keys_holds_at_once(fleet: Harbour, tmp_path: Path) -> None:
    home = _home(tmp_path)
    async with at_the_helm(fleet, home=home) as helm:
        await at(helm, "preset")
        (home.config / "config.toml").write_text('[keys.map]\nsettings = "f9"\n')
        await helm.press("enter", "2")
        await helm.until(lambda: sent(fleet) == [("keys.preset", '"vim"')], "written")
        await helm.until(lambda: helm.app.keymap.first("settings") == "f9", "the keys of now")
        await helm.press("escape", "escape", "f9")
        await helm.sees("Settings")


async def test_a_key_that_is_taken_is_refused_and_a_free_one_written(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await at(helm)
        await helm.press("K")
        await helm.sees("Another key for")
        await helm.type("merge the workspace")
        await helm.press("enter")
        await helm.sees("keys.map.merge")
        await helm.press("ctrl+u", "n", "enter")
        await helm.sees("n is taken by 'new' in the same place")
        assert not sent(fleet)
        await helm.press("ctrl+u", *"f9", "enter")
        await helm.until(lambda: sent(fleet) == [("keys.map.merge", '["f9"]')], "written")


async def test_a_theme_is_seen_while_it_is_chosen_and_undone(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await at(helm, "theme")
        await helm.press("enter")
        await helm.sees("Colours")
        await helm.type("nord")
        await helm.until(lambda: helm.app.theme == "nord", "seen at once")
        await helm.press("enter")
        await helm.sees("interface", "nord")
        await helm.press("z")
        await helm.until(lambda: helm.app.theme != "nord", "as before")


async def test_a_variable_of_the_environment_goes_before(
    fleet: Harbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOATYARD_THEME", "nord")
    async with at_the_helm(fleet) as helm:
        await at(helm, "theme")
        await helm.sees("BOATYARD_THEME")
        await helm.press("enter")
        await helm.sees("BOATYARD_THEME says it")


async def test_values_that_may_be_secrets_are_changed_in_the_file_alone(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await at(helm, "variables")
        await helm.press("enter")
        await helm.sees("change it in the file")


async def test_the_form_of_limits_leads_back(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await at(helm)
        await helm.press("D")
        await helm.sees("Defaults of new workspaces")
        await helm.press("escape")
        await helm.sees("Settings", "idle_minutes")


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
