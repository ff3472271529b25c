"""Templates: made, looked at, and forgotten."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from core.client.template_files import folder_files
from core.values.requests import AddTemplate, WantedSettings
from core.values.wording import counted
from tui.tasks.template_sheet import TemplateSheet
from tui.widgets.menu import Menu, Option, choice, question

if TYPE_CHECKING:
    from core.values.entities import Settings
    from tui.app import BoatyardApp

NEW = "\0new"
TAKEN = (
    "runner", "image", "dockerfile", "build_args", "cpus", "memory_mb", "processes", "disk_mb", "network",
    "allow_hosts", "ports", "approve",
)  # fmt: skip
"""What a template takes of a workspace's settings; variables and secrets are not passed on."""


async def show(app: BoatyardApp) -> None:
    """All templates; one can be looked at and removed, and another one made."""
    with app.opening():
        found = await app.client.templates()
    options = [choice("template-new", NEW, "from a folder, or like a workspace")]
    options += [
        Option(
            "",
            each.name,
            each.id,
            f"{counted(len(each.files), 'file')}, used {counted(each.use_count, 'time')}",
        )
        for each in found
    ]
    chosen = await app.ask(Menu("Templates", "New workspaces can be made from them.", options))
    if not chosen:
        return
    if chosen == NEW:
        await add(app)
        return
    template = await app.client.template(chosen)
    lines = [template.description] if template.description else []
    lines += [f"{name}: {value}" for name, value in template.settings.items()]
    lines += [f"  {file.path}" for file in template.files[:30]]
    if await app.ask(question(template.name, "\n".join(lines), "Remove it")):
        await app.client.remove_template(template.id)
        app.forget_means()
        app.say(f"the template {template.name} is gone; workspaces made from it stay")


async def add(app: BoatyardApp) -> None:
    """Makes one from a folder's files and the settings of the workspace at hand."""
    workspace = app.home.situation().workspace
    form = await app.ask(TemplateSheet(workspace.name if workspace else ""))
    if form is None:
        return
    files = await asyncio.to_thread(folder_files, form.folder) if form.folder else []
    settings = WantedSettings()
    if workspace is not None and form.like:
        settings = _like(workspace.settings)
    body = AddTemplate(name=form.name, description=form.description, settings=settings, files=tuple(files))
    made = await app.client.add_template(body)
    app.forget_means()
    app.say(f"the template {made.name} has {counted(len(made.files), 'file')}; new tasks can begin with it")


def _like(settings: Settings) -> WantedSettings:
    taken = {name: getattr(settings, name) for name in TAKEN}
    if settings.dockerfile:
        taken["image"] = ""  # the one that was built from it
    return WantedSettings(**taken)
