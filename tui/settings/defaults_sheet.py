"""The dialog about what new workspaces get: where they run, image, limits, network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from core.values.requests import UpdateDefaults
from core.values.states import RunnerKind
from tui.widgets.choice import Choice
from tui.widgets.line_input import LineInput
from tui.widgets.sheet import Sheet, form_hints

if TYPE_CHECKING:
    from core.values.containers import Defaults

RUNNERS: Sequence[tuple[str, str, str]] = (
    ("automatic", "in a container when an engine answers", ""),
    ("container", "only in a container", "docker"),
    ("host", "as you, with nothing around it", "host"),
)
NETWORKS: Sequence[tuple[str, str, str]] = (
    ("full", "everything that this machine reaches", "full"),
    ("none", "nothing at all", "none"),
    ("allow", "only the hosts listed below", "allow"),
)
NUMBERS = (
    ("cpus", "Processors"),
    ("memory_mb", "Memory (MB)"),
    ("processes", "Processes"),
    ("disk_mb", "Disk (MB)"),
)


class DefaultsSheet(Sheet[UpdateDefaults]):
    """Gives what is to be written into `config.toml`, or what one workspace is to have."""

    def __init__(self, defaults: Defaults, workspace: str = "", idle_minutes: float | None = None) -> None:
        """With the name of a workspace, only what can be changed of it is asked, when it closes included."""
        title = f"Limits and network of {workspace}" if workspace else "Defaults of new workspaces"
        super().__init__(title, *form_hints("keep"))
        self._defaults = defaults
        self._whole = not workspace
        self._idle = "" if idle_minutes is None else f"{idle_minutes:g}"
        self.idle_minutes: float | None = idle_minutes
        """Minutes of idleness after which the workspace closes; 0: never. None: as the settings say."""

    def body(self) -> ComposeResult:
        now = self._defaults
        if self._whole:
            yield self.field("Runs", Choice(RUNNERS, at=_at(RUNNERS, now.runner), id="runner"))
            yield self.field(
                "Image", LineInput(now.image, placeholder="the usual one", id="image", compact=True)
            )
        for name, label in NUMBERS:
            value = f"{getattr(now, name):g}"
            yield self.field(label, LineInput(value, placeholder="0", id=_id(name), compact=True))
        yield self.field("Network", Choice(NETWORKS, at=_at(NETWORKS, now.network), id="network"))
        hosts = " ".join(now.allow_hosts)
        hint = "example.org *.example.org example.org:8443"
        yield self.field("Hosts", LineInput(hosts, placeholder=hint, id="allow-hosts", compact=True))
        if not self._whole:
            hint = "minutes without use; 0: never; empty: as the settings say"
            yield self.field(
                "Closes", LineInput(self._idle, placeholder=hint, id="idle-minutes", compact=True)
            )

    def on_mount(self) -> None:
        self.query_one("#image" if self._whole else "#cpus").focus()

    @on(Choice.Submitted)
    def submit(self) -> None:
        document: dict[str, object] = {
            "network": self.query_one("#network", Choice).value,
            "allow_hosts": tuple(self._text("allow_hosts").replace(",", " ").split()),
        }
        if self._whole:
            runner = self.query_one("#runner", Choice).value
            document |= {"runner": RunnerKind(runner) if runner else None, "image": self._text("image")}
        for name, label in NUMBERS:
            text = self._text(name) or "0"
            try:
                document[name] = float(text) if name == "cpus" else int(text)
            except ValueError:
                self.problem(f"{label}: {text!r} is no number.")
                return
        if not self._whole:
            idle = self._text("idle_minutes")
            try:
                self.idle_minutes = float(idle) if idle else None
            except ValueError:
                self.problem(f"Closes: {idle!r} is no number of minutes.")
                return
        try:
            self.dismiss(msgspec.convert(document, UpdateDefaults))
        except msgspec.ValidationError as error:
            self.problem(str(error))

    def _text(self, name: str) -> str:
        return self.query_one(f"#{_id(name)}", Input).value.strip()


def _id(name: str) -> str:
    return name.replace("_", "-")


def _at(options: Sequence[tuple[str, str, str]], value: str) -> int:
    values = [option[2] for option in options]
    return values.index(value) if value in values else 0
