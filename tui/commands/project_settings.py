"""What the project at hand says otherwise than the settings, as rows of their screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from core.values import requests as ask
from core.values.configuration import Setting, SettingKind
from core.values.states import MergeStyle
from tui.commands.repos import override
from tui.settings.rows import SettingRow

if TYPE_CHECKING:
    from core.values.entities import Project, ProjectRepo, Repo
    from tui.app import BoatyardApp

SOURCE = "project"
"""Who says such a setting."""
_STYLE = "How work of this project lands; `merge.style` is only what new projects begin with."
_OVERRIDE = "Only in this project; it goes before what the repository says."


async def rows_of_project(app: BoatyardApp) -> list[SettingRow]:
    """How the project at hand lands work, and what it says of its repositories; none without a project."""
    project = app.home.situation().project
    if project is None:
        return []
    section = _section(project)
    style = Setting(
        key=f"{section}.merge_style", kind=SettingKind.CHOICE, value=project.merge_style, default="",
        in_file=True, help=_STYLE, choices=tuple(MergeStyle),
    )  # fmt: skip
    repos = {repo.id: repo for repo in app.store.repos_of(project.id)}
    said = [
        setting
        for each in await app.client.project_repos(project.id)
        if each.repo_id in repos
        for setting in _overrides(section, repos[each.repo_id], each)
    ]
    return [SettingRow(section, each, SOURCE) for each in (style, *said)]


def is_of_project(app: BoatyardApp, setting: Setting) -> bool:
    """Whether a setting is one of those rows."""
    project = app.home.situation().project
    return project is not None and setting.key.startswith(f"{_section(project)}.")


async def change_style(app: BoatyardApp, style: str) -> None:
    """How the project's work lands from now on."""
    project = app.home.situation().project
    assert project is not None
    await app.client.update_project(project.id, ask.UpdateProject(merge_style=MergeStyle(style)))


async def change_override(app: BoatyardApp, setting: Setting) -> None:
    """The form of what the project says of the repository that a setting is about."""
    project = app.home.situation().project
    assert project is not None
    name = setting.key.removeprefix(f"{_section(project)}.").rpartition(".")[0]
    repo = next(each for each in app.store.repos_of(project.id) if each.name == name)
    await override(app, project, repo)


def _section(project: Project) -> str:
    return f"project {project.name}"


def _overrides(section: str, repo: Repo, each: ProjectRepo) -> list[Setting]:
    fields = msgspec.structs.asdict(each)
    return [
        Setting(
            key=f"{section}.{repo.name}.{name}", kind=SettingKind.TABLE, value=_shown(value), default="",
            in_file=True, help=_OVERRIDE,
        )
        for name, value in fields.items()
        if name not in ("project_id", "repo_id") and value is not None
    ]  # fmt: skip


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = " ".join(value) if isinstance(value, tuple) else str(value)
    first, _, rest = text.partition("\n")
    return f"{first} …" if rest else first
