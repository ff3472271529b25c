"""Templates: looked at, and forgotten; they are made on the command line, where the files are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.menu import Menu, Option, question

if TYPE_CHECKING:
    from tui.app import BoatyardApp


async def show(app: BoatyardApp) -> None:
    """All templates; one can be looked at, and removed."""
    found = await app.client.templates()
    if not found:
        app.say("no template yet: boatyard template add NAME --folder DIR")
        return
    options = [
        Option("", each.name, each.id, f"{len(each.files)} files, used {each.use_count} times")
        for each in found
    ]
    chosen = await app.ask(Menu("Templates", "New workspaces can be made from them.", options))
    if not chosen:
        return
    template = await app.client.template(chosen)
    lines = [template.description] if template.description else []
    lines += [f"{name}: {value}" for name, value in template.settings.items()]
    lines += [f"  {file.path}" for file in template.files[:30]]
    if await app.ask(question(template.name, "\n".join(lines), "r", "Remove it")):
        await app.client.remove_template(template.id)
        app.forget_means()
        app.say(f"the template {template.name} is gone; workspaces made from it stay")
