"""Keys that come in one burst, as over a slow line, do what they would do one by one."""

from __future__ import annotations

from textual import events

from tests.tui.harbour import Harbour
from tests.tui.steering import at_the_helm


async def test_what_is_typed_right_behind_a_key_goes_where_that_key_leads(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("first")
        for char in "iEnd sends":
            helm.app.post_message(events.Key("space" if char == " " else char, char))
        prompt = helm.app.home.session.prompt
        await helm.until(lambda: prompt.text == "End sends", "the burst as it was typed")
