"""Scripts and copied files of a repository, set from the interface."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.values.entities import Operation, Settings, StepReport, Template, TemplateFile
from core.values.states import OperationStatus, WorkspaceState
from tests.tui.driver import SIZES, driven
from tests.tui.fake_engine import FakeEngine
from tests.tui.fake_engine.values import NOW

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("size", SIZES)
async def test_a_repos_scripts_and_patterns_are_set(engine: FakeEngine, size: tuple[int, int]) -> None:
    async with driven(engine, size) as ui:
        await ui.open_workspace("first")
        ui.app.perform("repo-settings")
        await ui.sees("The repo's own settings")
        await ui.press("r")
        await ui.sees("Set-up", "Cleanup")
        await ui.type("make")
        for _ in range(5):
            await ui.press("tab")
        await ui.type("a")
        await ui.press("ctrl+j")
        await ui.type("b")
        await ui.press("tab", "right", "enter")
        _, body = await ui.asked("update_repo")
        assert (body.setup_script, body.copy_files, body.parallel_setup) == ("make", ("a", "b"), True)


async def test_a_project_overrides_and_empty_means_as_the_repo_says(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        ui.app.perform("repo-settings")
        await ui.sees("Only in")
        await ui.press("p")
        await ui.sees("as the repo says", "mine")
        await ui.press("enter")
        _, _, body = await ui.asked("update_project_repo")
        assert (body.setup_script, body.cleanup_script, body.copy_files) == ("mine", None, None)
        assert body.parallel_setup is None


async def test_a_step_tells_what_it_found(engine: FakeEngine) -> None:
    workspace = engine.set_workspace(engine.workspaces_["second"], state=WorkspaceState.FAILED, turns=0)
    step = StepReport(
        name="files", label="copy files", started_at=NOW, ended_at=NOW + 1, detail="app: 2 copied\nweb: none"
    )
    engine.put_operation(
        Operation(id="o", kind="create", workspace=workspace.name, steps=(step,),
                  status=OperationStatus.FAILED, error={"message": "m", "hint": "h"}, started_at=NOW)
    )  # fmt: skip
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.sees("copy files", "app: 2 copied", "web: none", "try again")


async def test_a_task_is_started_with_an_image_variables_and_secrets(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        ui.app.home.go_to("task:task-2")
        await ui.press("r")
        await ui.sees("Variables", "Secrets", "Image")
        ui.app.screen.query_one("#image").focus()
        await ui.type("./Dockerfile")
        await ui.press("tab")
        await ui.type("wrong")
        await ui.press("enter")
        await ui.sees("Write NAME=value")
        await ui.press(*["backspace"] * 5)
        await ui.type("A=1")
        await ui.press("tab")
        await ui.type("KEY=env:TOKEN")
        await ui.press("enter")
        settings = (await ui.asked("new_workspace")).settings
        assert (settings.dockerfile, settings.image) == ("Dockerfile", "")
        assert (settings.env, settings.secrets) == ({"A": "1"}, {"KEY": "env:TOKEN"})


async def test_a_template_is_made_from_a_folder_and_like_the_workspace_at_hand(
    engine: FakeEngine, tmp_path: Path
) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/[a].md").write_text("hello")
    settings = Settings(image="dev:1", memory_mb=2048, env={"TOKEN": "x"})
    engine.set_workspace(engine.workspaces_["second"], settings=settings)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        ui.app.perform("templates")
        await ui.sees("New template")
        await ui.press("n")
        await ui.sees("whose files new workspaces begin with")
        await ui.press("enter")
        await ui.sees("Give it a name.")
        await ui.type("service")
        await ui.press("tab", "tab")
        await ui.type(str(tmp_path))
        await ui.press("enter")
        body = await ui.asked("add_template")
        assert (body.name, [file.path for file in body.files]) == ("service", ["docs/[a].md"])
        assert (body.settings.image, body.settings.memory_mb, body.settings.env) == ("dev:1", 2048, {})


async def test_templates_are_offered_looked_at_and_removed(engine: FakeEngine) -> None:
    files = (TemplateFile(path="a/b"),)
    async with driven(engine) as ui:
        ui.app.perform("templates")
        await ui.sees("New template")
        await ui.press("escape")
        engine.templates_.append(Template(id="t", name="small", description="[/] few files", files=files))
        ui.app.forget_means()
        ui.app.home.go_to("task:task-2")
        await ui.press("r")
        await ui.sees("Template")
        ui.app.screen.query_one("#template").focus()
        await ui.press("right", "enter")
        assert (await ui.asked("new_workspace")).template == "small"
        ui.app.perform("templates")
        await ui.sees("1 file, used 0 times")
        await ui.press("j", "enter")
        await ui.sees("[/] few files", "a/b")
        await ui.press("y")
        assert await ui.asked("remove_template") == "t"


async def test_the_palette_finds_an_action_by_its_short_name_too(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.press("colon")
        await ui.type("templates")
        await ui.sees("What new workspaces can be made from")
