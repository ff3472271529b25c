"""A workspace on a task: what it is started with."""

from __future__ import annotations

import pytest

from tests.tui.driver import driven
from tests.tui.fake_engine import FakeEngine


async def test_image_and_runner_are_as_the_environment_says(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOATYARD_IMAGE", "my/dev:latest")
    async with driven(engine) as ui:
        ui.app.home.go_to("task:task-2")
        await ui.press("r")
        await ui.sees("Start the task", "my/dev:latest")
        await ui.press("enter")
        assert (await ui.asked("new_workspace")).settings.image == "my/dev:latest"
