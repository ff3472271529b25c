"""Keys that come in one burst, as over a slow line, do what they would do one by one."""

from __future__ import annotations

from textual import events

from tests.tui.driver import driven
from tests.tui.fake_engine import FakeEngine


async def test_what_is_typed_right_behind_a_key_goes_where_that_key_leads(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        for char in "iEnd sends":
            ui.app.post_message(events.Key("space" if char == " " else char, char))
        prompt = ui.app.home.session.prompt
        await ui.until(lambda: prompt.text == "End sends", "the burst as it was typed")


async def test_a_key_right_behind_a_find_is_not_typed_into_its_line(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.press("1")
        for _ in range(5):
            for char in "/second":
                ui.app.post_message(events.Key(char, char))
            ui.app.post_message(events.Key("enter", "\r"))
            ui.app.post_message(events.Key("question_mark", "?"))
            await ui.until(lambda: ui.app.screen is not ui.app.home, "the help")
            await ui.press("escape")
            await ui.until(lambda: ui.app.screen is ui.app.home, "the panes again")
