"""The dialog that makes a template: a name, files of a folder, and the settings of the workspace at hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from tui.widgets.choice import Choice
from tui.widgets.line_input import LineInput
from tui.widgets.sheet import Sheet, form_hints


@dataclass(frozen=True)
class TemplateForm:
    """What was filled in."""

    name: str
    description: str
    folder: Path | None
    """Whose files it takes; None: no files."""
    like: str
    """Name of the workspace whose image, limits and network it takes; empty: none's."""


class TemplateSheet(Sheet[TemplateForm]):
    """A new template."""

    def __init__(self, workspace: str) -> None:
        super().__init__("New template", *form_hints("make it"))
        self._workspace = workspace

    def body(self) -> ComposeResult:
        yield self.field("Name", LineInput(placeholder="such as python-service", id="name", compact=True))
        yield self.field("Says", LineInput(placeholder="what it is for", id="description", compact=True))
        hint = "whose files new workspaces begin with; empty: none"
        yield self.field("Folder", LineInput(placeholder=hint, id="folder", compact=True))
        options = [("defaults", "what new workspaces get anyway", "")]
        if self._workspace:
            options.append((self._workspace, "its image, limits and network", self._workspace))
        yield self.field("Settings", Choice(options, at=len(options) - 1, id="like"))

    def on_mount(self) -> None:
        self.query_one("#name").focus()

    @on(Choice.Submitted)
    def submit(self) -> None:
        name, folder = self._text("name"), self._text("folder")
        if not name:
            self.problem("Give it a name.")
            return
        path = Path(folder).expanduser().absolute() if folder else None
        if path is not None and not path.is_dir():
            self.problem(f"There is no folder {folder}.")
            return
        like = str(self.query_one("#like", Choice).value)
        self.dismiss(TemplateForm(name, self._text("description"), path, like))

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()
