"""A workspace from a template: its files where nothing is yet, its settings where none are given."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ConflictError, NotFoundError, UsageError
from core.values.entities import TemplateFile
from core.values.requests import AddTemplate, MergeWorkspace, NewWorkspace, WantedSettings
from tests.yard import Yard, git

pytestmark = pytest.mark.slow


async def test_files_and_settings_of_a_template_are_taken_where_there_are_none(yard: Yard) -> None:
    repository = yard.repository("repo", {"README.md": "mine\n", "link": "x"})
    outside = yard.folder / "outside"
    outside.mkdir()
    (repository / "out").symlink_to(outside)
    git(repository, "add", "out")
    git(repository, "commit", "-qm", "link")
    files = {"README.md": b"theirs\n", "deep/new.bin": b"\0\xff", "out/escaped": b"x", "link/below": b"x"}
    added = await yard.client.add_template(
        AddTemplate(
            name="starter",
            description="d",
            settings=WantedSettings(env={"A": "1", "B": "1"}, processes=99, secrets={"K": "env:HOME"}),
            files=tuple(TemplateFile(path=path, content=content) for path, content in files.items()),
        )
    )
    assert added.settings == {"env": {"A": "1", "B": "1"}, "processes": 99, "secrets": {"K": "env:HOME"}}
    task = await yard.task("x", repository)
    body = NewWorkspace(
        task=task.id, name="made", template="starter", settings=WantedSettings(env={"B": "2"})
    )
    operation = await yard.done(await yard.client.new_workspace(body))
    detail = next(step.detail for step in operation.steps if step.name == "files")
    assert detail.startswith("repo: 1 file of the template starter; already there: README.md, ")
    workspace = await yard.client.workspace("made")
    code = Path(workspace.repos[0].path)
    assert ((code / "README.md").read_text(), (code / "deep/new.bin").read_bytes()) == ("mine\n", b"\0\xff")
    assert list(outside.iterdir()) == []
    assert (workspace.settings.env, workspace.settings.processes) == ({"A": "1", "B": "2"}, 99)
    assert [file.path for file in (await yard.client.diff("made")).files] == ["deep/new.bin"]
    await yard.client.merge("made", MergeWorkspace())
    assert "deep/new.bin" in git(repository, "ls-tree", "-r", "--name-only", "main")

    (listed,) = await yard.client.templates()
    assert (listed.use_count, {file.content for file in listed.files}) == (1, {b""})
    await yard.client.remove_template("starter")
    assert (await yard.client.workspace("made")).settings.processes == 99
    with pytest.raises(NotFoundError):
        await yard.client.new_workspace(NewWorkspace(task=task.id, template="starter"))


async def test_what_cannot_be_a_template_is_refused(yard: Yard) -> None:
    for path in ("../x", "/x", ".git/config", "a/../b", "a/", "", "a\0b"):
        with pytest.raises(UsageError):
            await yard.client.add_template(AddTemplate(name="t", files=(TemplateFile(path=path),)))
    with pytest.raises(UsageError, match="network"):
        await yard.client.add_template(AddTemplate(name="t", settings=WantedSettings(network="odd")))
    with pytest.raises(UsageError, match="twice"):
        both = (TemplateFile(path="a"), TemplateFile(path="./a"))
        await yard.client.add_template(AddTemplate(name="t", files=both))
    assert await yard.client.templates() == ()
    await yard.client.add_template(AddTemplate(name="t"))
    with pytest.raises(ConflictError, match="already"):
        await yard.client.add_template(AddTemplate(name="t"))
