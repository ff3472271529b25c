from __future__ import annotations

import pytest

from tests.tui.driver import SIZES, driven
from tests.tui.fake_engine import FakeEngine, changed_file
from tui.commands import HANDLERS
from tui.keys.actions import ACTIONS, BY_ID, FOOTER
from tui.keys.keymap import clashes, resolve
from tui.keys.names import swallowed
from tui.keys.presets import PRESETS
from tui.keys.situation import Situation
from tui.widgets.prompt import Prompt

INSTEAD = [action for action in ACTIONS if action.instead_of]


@pytest.mark.parametrize("preset", PRESETS)
def test_no_two_actions_of_one_place_share_a_key(preset: str) -> None:
    keymap, _ = resolve(preset)
    assert list(clashes({action.id: keymap.keys(action.id) for action in ACTIONS})) == []


@pytest.mark.parametrize("preset", PRESETS)
def test_no_key_is_lost_inside_tmux(preset: str) -> None:
    keys = {action.id: action.keys for action in ACTIONS} | dict(PRESETS[preset])
    assert [key for found in keys.values() for key in found if swallowed(key)] == []


def test_every_action_without_a_target_has_a_handler_and_the_other_way_round() -> None:
    assert {action.id for action in ACTIONS if not action.target} == set(HANDLERS)


def test_every_action_is_explained_and_every_footer_names_real_ones() -> None:
    assert all(action.help and action.group for action in ACTIONS)
    assert all(id_ in BY_ID for ids in FOOTER.values() for id_ in ids)
    assert len(BY_ID) == len(ACTIONS)


async def test_no_two_live_bindings_of_a_focused_pane_share_a_key(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        for view in ("tree", "session", "files", "diff"):
            main = ui.app.home.main_of(view)
            chain = [node for node in main.ancestors_with_self if node._bindings.key_to_bindings]
            seen: dict[str, str] = {}
            for node in chain:
                for key, bound in node._bindings.key_to_bindings.items():
                    if any(each.id in BY_ID for each in bound):
                        meant = key == "enter" or any(each.keys == (key,) for each in INSTEAD)
                        assert key not in seen or meant, (view, key, seen.get(key), str(node))
                        seen[key] = str(node)


@pytest.mark.parametrize("size", SIZES)
async def test_the_footer_shows_at_most_six_keys_and_none_is_cut(
    engine: FakeEngine, size: tuple[int, int]
) -> None:
    async with driven(engine, size) as ui:
        await ui.open_workspace("first")
        for view in ("1", "2", "3", "4"):
            await ui.press(view)
            footer = ui.lines()[-1]
            assert footer.rstrip().endswith("? help  : find")
            assert "…" not in footer
            shown = ui.app.home._footer.shown
            assert 2 <= len(shown) <= 6


async def test_help_lists_what_works_where_the_focus_is(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "question_mark")
        await ui.sees("Keys that work here")
        await ui.type("hunk")
        await ui.sees("next hunk", "hunk before")
        assert "new task" not in ui.lines()[12]
        await ui.press("escape")
        assert ui.app.screen is ui.app.home


async def test_what_is_chosen_in_the_help_is_done_where_the_focus_is(engine: FakeEngine) -> None:
    engine.changed = (changed_file("a.py"), changed_file("b.py"))
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4")
        await ui.sees("file 1/2")
        await ui.press("question_mark")
        await ui.type("next file")
        await ui.press("enter")
        await ui.sees("file 2/2")


async def test_the_palette_reaches_actions_workspaces_tasks_and_projects(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.press("colon")
        for needle, found in (("merge the", "Merge the workspace"), ("second", "ready for review"),
                              ("old export", "To do"), ("docs", "Project")):  # fmt: skip
            ui.app.screen.query_one("#needle").value = ""  # type: ignore[attr-defined]
            await ui.type(needle)
            await ui.sees(found)
        ui.app.screen.query_one("#needle").value = ""  # type: ignore[attr-defined]
        await ui.type("second")
        await ui.press("enter")
        await ui.until(lambda: ui.app.home.session.workspace == "second", "the workspace is shown")


async def test_an_action_that_makes_no_sense_says_why(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("s")
        await ui.sees("nothing runs in the workspace")


async def test_letters_are_inert_while_one_writes(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.press("i")
        await ui.until(lambda: isinstance(ui.app.home.focused, Prompt), "the prompt has the focus")
        await ui.type("q n1;?:")
        assert ui.app.home.session.prompt.text == "q n1;?:"
        assert ui.app.screen is ui.app.home


async def test_ctrl_c_never_leaves_but_q_does(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.press("ctrl+c", "ctrl+c", "ctrl+c")
        assert ui.app.is_running
        await ui.sees("q leaves")
        await ui.press("i", "ctrl+c", "escape")
        assert ui.app.is_running
        await ui.press("q")
        await ui.until(lambda: ui.app._exit, "the interface ends")


def test_a_situation_without_anything_selected_allows_only_what_makes_sense() -> None:
    from tui.keys.situation import why_not

    nothing = Situation()
    allowed = {action.id for action in ACTIONS if not why_not(action.id, nothing)}
    assert {"new", "add-project", "help", "palette", "quit"} <= allowed
    assert not {"start", "stop", "merge", "allow", "reject", "prompt", "shell", "undo", "pane-4"} & allowed
    offline = {action.id for action in ACTIONS if not why_not(action.id, Situation(connected=False))}
    assert "new" not in offline and "help" in offline


async def test_the_very_name_of_a_workspace_comes_before_actions_that_begin_so(engine: FakeEngine) -> None:
    task = next(iter(engine.tasks_.values()))
    engine.put_workspace(task, "new")
    async with driven(engine) as ui:
        await ui.press("colon")
        await ui.type("new")
        await ui.sees("Workspace new ")
        await ui.press("enter")
        await ui.until(lambda: ui.app.home.session.workspace == "new", "the workspace")
