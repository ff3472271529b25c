"""Pictures whose paths are pasted into a task's description go with the task, before its agent is started."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from core.values.prompting import Image
from core.values.requests import AttachImage
from tests.tui.driver import Driver, driven
from tests.tui.fake_engine import FakeEngine


@pytest.fixture
def picture(engine: FakeEngine, tmp_path: Path) -> Path:
    path = tmp_path / "the [hull].png"
    path.touch()
    id_ = f"image-{path.name}"
    engine.images_[id_] = Image(id=id_, name=path.name, mime_type="image/png", size=2048, sha256="0")
    return path


async def paste(ui: Driver, text: str) -> None:
    ui.app.post_message(events.Paste(text))
    await ui.pilot.pause()


def order(engine: FakeEngine) -> list[str]:
    names = ("add_image", "add_task", "attach_image", "update_task", "new_workspace", "run_task")
    return [name for name, _ in engine.calls if name in names]


async def to_the_description(ui: Driver) -> None:
    await ui.press("n")
    await ui.sees("New task")
    await ui.type("Paint it")
    await ui.press("tab")


async def test_a_pasted_path_is_a_picture_of_a_new_task(engine: FakeEngine, picture: Path) -> None:
    async with driven(engine) as ui:
        await to_the_description(ui)
        await ui.type("Red.")
        await paste(ui, f"'{picture}'")
        await ui.sees("with the [hull].png", "drops the last")
        await ui.press("escape", "escape")
        await ui.until(lambda: ui.app.screen is ui.app.home, "it is closed")
        await ui.press("n")
        await ui.sees("New task", "with the [hull].png")  # as it was left
        await ui.press("enter")
        task, body = await ui.asked("attach_image")
        assert body == AttachImage(image=f"image-{picture.name}")
        assert engine.tasks_[task].title == "Paint it" and engine.tasks_[task].description == "Red."
        await ui.asked("new_workspace")
        assert order(engine)[-3:] == ["add_task", "attach_image", "new_workspace"]


async def test_one_is_dropped_and_what_is_no_picture_is_text(
    engine: FakeEngine, picture: Path, tmp_path: Path
) -> None:
    async with driven(engine) as ui:
        await to_the_description(ui)
        await paste(ui, str(picture))
        await ui.sees("with the [hull].png")
        await ui.press("ctrl+r")
        await ui.until(lambda: "drops the last" not in ui.text(), "dropped")
        await paste(ui, "/no/such.png")
        await ui.sees("/no/such.png")
        await ui.press("enter")
        await ui.asked("new_workspace")
        assert "attach_image" not in order(engine)


async def test_one_that_cannot_be_read_makes_no_task_and_what_was_typed_stays(
    engine: FakeEngine, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.png"
    broken.touch()
    async with driven(engine) as ui:
        await to_the_description(ui)
        await paste(ui, str(broken))
        await ui.press("enter")
        await ui.sees("is no picture")
        assert order(engine) == ["add_image"]
        await ui.press("n")
        await ui.sees("New task", "Paint it", "with broken.png")


async def test_one_is_added_to_a_task_that_is_edited(engine: FakeEngine, picture: Path) -> None:
    async with driven(engine) as ui:
        ui.app.home.go_to(f"task:{next(iter(engine.tasks_))}")
        ui.app.perform("task-edit")
        await ui.sees("Edit the task")
        await ui.press("tab")
        await paste(ui, str(picture))
        await ui.sees("with the [hull].png")
        await ui.press("enter")
        await ui.asked("attach_image")
        assert order(engine) == ["add_image", "update_task", "attach_image"]
