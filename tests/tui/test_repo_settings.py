"""Scripts and copied files of a repository, set from the interface."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.values.entities import Operation, Settings, StepReport, Template, TemplateFile
from core.values.states import OperationStatus, WorkspaceState
from tests.tui.harbour import NOW, Harbour
from tests.tui.steering import SIZES, at_the_helm

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("size", SIZES)
async def test_a_repos_scripts_and_patterns_are_set(fleet: Harbour, size: tuple[int, int]) -> None:
    async with at_the_helm(fleet, size) as helm:
        await helm.open_workspace("first")
        helm.app.perform("repo-settings")
        await helm.sees("The repo's own settings")
        await helm.press("r")
        await helm.sees("Set-up", "Cleanup")
        await helm.type("make")
        for _ in range(5):
            await helm.press("tab")
        await helm.type("a")
        await helm.press("ctrl+j")
        await helm.type("b")
        await helm.press("tab", "right", "enter")
        _, body = await helm.asked("update_repo")
        assert (body.setup_script, body.copy_files, body.parallel_setup) == ("make", ("a", "b"), True)


async def test_a_project_overrides_and_empty_means_as_the_repo_says(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("first")
        helm.app.perform("repo-settings")
        await helm.sees("Only in")
        await helm.press("p")
        await helm.sees("as the repo says", "mine")
        await helm.press("enter")
        _, _, body = await helm.asked("update_project_repo")
        assert (body.setup_script, body.cleanup_script, body.copy_files) == ("mine", None, None)
        assert body.parallel_setup is None


async def test_a_step_tells_what_it_found(fleet: Harbour) -> None:
    workspace = fleet.set_workspace(fleet.workspaces_["second"], state=WorkspaceState.FAILED, turns=0)
    step = StepReport(
        name="files", label="copy files", started_at=NOW, ended_at=NOW + 1, detail="app: 2 copied\nweb: none"
    )
    fleet.put_operation(
        Operation(id="o", kind="create", workspace=workspace.name, steps=(step,),
                  status=OperationStatus.FAILED, error={"message": "m", "hint": "h"}, started_at=NOW)
    )  # fmt: skip
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.sees("copy files", "app: 2 copied", "web: none", "try again")


async def test_a_task_is_started_with_an_image_variables_and_secrets(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        helm.app.home.go_to("task:task-2")
        await helm.press("r")
        await helm.sees("Variables", "Secrets", "Image")
        helm.app.screen.query_one("#image").focus()
        await helm.type("./Dockerfile")
        await helm.press("tab")
        await helm.type("wrong")
        await helm.press("enter")
        await helm.sees("Write NAME=value")
        await helm.press(*["backspace"] * 5)
        await helm.type("A=1")
        await helm.press("tab")
        await helm.type("KEY=env:TOKEN")
        await helm.press("enter")
        settings = (await helm.asked("new_workspace")).settings
        assert (settings.dockerfile, settings.image) == ("Dockerfile", "")
        assert (settings.env, settings.secrets) == ({"A": "1"}, {"KEY": "env:TOKEN"})


async def test_a_template_is_made_from_a_folder_and_like_the_workspace_at_hand(
    fleet: Harbour, tmp_path: Path
) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/[a].md").write_text("hello")
    settings = Settings(image="dev:1", memory_mb=2048, env={"TOKEN": "x"})
    fleet.set_workspace(fleet.workspaces_["second"], settings=settings)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        helm.app.perform("templates")
        await helm.sees("New template")
        await helm.press("n")
        await helm.sees("whose files new workspaces begin with")
        await helm.press("enter")
        await helm.sees("Give it a name.")
        await helm.type("service")
        await helm.press("tab", "tab")
        await helm.type(str(tmp_path))
        await helm.press("enter")
        body = await helm.asked("add_template")
        assert (body.name, [file.path for file in body.files]) == ("service", ["docs/[a].md"])
        assert (body.settings.image, body.settings.memory_mb, body.settings.env) == ("dev:1", 2048, {})


async def test_templates_are_offered_looked_at_and_removed(fleet: Harbour) -> None:
    files = (TemplateFile(path="a/b"),)
    async with at_the_helm(fleet) as helm:
        helm.app.perform("templates")
        await helm.sees("New template")
        await helm.press("escape")
        fleet.templates_.append(Template(id="t", name="small", description="[/] few files", files=files))
        helm.app.forget_means()
        helm.app.home.go_to("task:task-2")
        await helm.press("r")
        await helm.sees("Template")
        helm.app.screen.query_one("#template").focus()
        await helm.press("right", "enter")
        assert (await helm.asked("new_workspace")).template == "small"
        helm.app.perform("templates")
        await helm.sees("1 file, used 0 times")
        await helm.press("j", "enter")
        await helm.sees("[/] few files", "a/b")
        await helm.press("r")
        assert await helm.asked("remove_template") == "t"


async def test_the_palette_finds_an_action_by_its_short_name_too(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.press("colon")
        await helm.type("templates")
        await helm.sees("What new workspaces can be made from")
