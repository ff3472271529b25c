"""The screen of containers: what there is, what those in sight use now, and everything done with them.

Live usage is asked for a container only while its row can be seen and it runs: one stream each, opened when
the row comes into sight and closed when it leaves it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static
from textual.worker import Worker

from core.errors import BoatyardError
from core.values import requests as ask
from tui.containers.rows import ContainerRows
from tui.keys.actions import bindings
from tui.logs.sheet import LogSheet
from tui.terminal.programs import run_beside
from tui.text.literal import literal
from tui.widgets.menu import question
from tui.widgets.rows import RowView
from tui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from core.values.containers import ContainerInfo
    from tui.engine.changes import Changes
    from tui.engine.link import Link
    from tui.looks.look import Look
from tui.engine.store import Store

HINTS = (
    "{container-mark} mark", "{container-start} up", "{container-stop} stop", "{container-restart} restart",
    "{container-remove} remove", "{container-log} log", "{container-shell} shell", "{choose} go there",
    "{container-prune} prune", "{container-defaults} defaults", "{container-again} again",
)  # fmt: skip
AGAIN_SECONDS = 5.0
"""Between two looks at a container engine that is gone."""
SETTLE_SECONDS = 0.15
"""How long rows rest in sight before their usage is asked for."""
Act = Callable[[str], Awaitable["ContainerInfo"]]


class ContainerSheet(Sheet[str]):
    """Gives the name of a workspace to go to."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("containers")]

    def __init__(self, link: Link, store: Store) -> None:
        super().__init__("Containers", *HINTS)
        self._link = link
        self._store = store
        self._gone = False
        """Whether what stands at the bottom is that the container engine does not answer."""
        self.streams: dict[str, Worker[None]] = {}
        """The stream of each container whose usage is shown, by its id."""

    def body(self) -> ComposeResult:
        yield Static(id="columns")
        yield ContainerRows()

    def on_mount(self) -> None:
        self._rows = self.query_one(ContainerRows)
        self._rows.focus()
        self._store.watch(self._on_changes)
        self.watch(self._rows, "scroll_y", self._moved, init=False)
        self._look_soon = self.set_timer(0, self._look, pause=True)
        self._load()

    def on_unmount(self) -> None:
        self._store.unwatch(self._on_changes)

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self._moved)

    def _on_changes(self, changes: Changes) -> None:
        if changes.everything or changes.containers or changes.structure:
            self._load()

    # Reading

    @work(exclusive=True, group="list")
    async def _load(self) -> None:
        """The list; where the container engine is gone, says so and looks again until it is back."""
        while True:
            try:
                self._rows.show(await self._link.client.containers())
                if self._gone:
                    self.problem("")
                self._gone = False
                self.call_after_refresh(self._moved)
                self._rows.show(await self._link.client.containers(disk=True))
                return
            except BoatyardError as error:
                self._gone = True
                self._rows.note = "The containers cannot be seen just now"
                self._rows.rows_changed()
                self.problem(f"{error.message}\n{error.hint}".strip())
            await asyncio.sleep(AGAIN_SECONDS)

    def _moved(self) -> None:
        width = self._rows.scrollable_content_region.width
        self.query_one("#columns", Static).update(literal(self._rows.header(width)))
        self._look_soon.stop()
        self._look_soon = self.set_timer(SETTLE_SECONDS, self._look)

    def _look(self) -> None:
        """Opens the streams of what has come into sight, closes those of what has left it."""
        seen = {each.id: each for each in self._rows.in_sight() if each.running}
        for container in self.streams.keys() - seen.keys():
            self.streams.pop(container).cancel()
        for container in seen.keys() - self.streams.keys():
            self.streams[container] = self._follow(seen[container])

    @work(group="usage")
    async def _follow(self, container: ContainerInfo) -> None:
        try:
            async for usage in self._link.client.container_usage(container.id):
                self._rows.take_usage(container.id, usage)
        except BoatyardError:
            pass  # The list says what has become of it.
        self.streams.pop(container.id, None)

    # Doing

    def acts(self) -> Mapping[str, Callable[[], object]]:
        return {
            "container-mark": self._mark, "container-start": self._start, "container-stop": self._stop,
            "container-restart": self._restart, "container-remove": self._remove,
            "container-log": self._log, "container-shell": self._shell, "container-prune": self._prune,
            "container-again": self._load, "container-defaults": self._defaults,
        }  # fmt: skip

    def _mark(self) -> None:
        current = self._rows.current
        if current is not None:
            self._rows.marked ^= {current.id}
            self._rows.row_changed(self._rows.cursor_row)
            self._rows.action_cursor(1)

    def _start(self) -> None:
        self._do("Start", self._link.client.start_container, ask_first=False)

    def _stop(self) -> None:
        after = "All that runs inside is stopped too."
        self._do("Stop", self._link.client.stop_container, after=after)

    def _restart(self) -> None:
        after = "All that runs inside is stopped; it is not started again."
        self._do("Restart", self._link.client.restart_container, after=after)

    def _remove(self) -> None:
        after = (
            "All that runs inside is stopped. Workspaces and their files stay; what was installed into\n"
            "the container itself goes, and the next process gets a new one."
        )
        self._do("Remove", self._link.client.remove_container, after=after)

    @work(group="act")
    async def _do(self, verb: str, act: Act, *, after: str = "", ask_first: bool = True) -> None:
        chosen = self._rows.chosen()
        if not chosen:
            return
        names = ", ".join(each.workspace or each.name for each in chosen)
        if ask_first:
            many = f"{len(chosen)} containers" if len(chosen) > 1 else "the container"
            text = f"{verb} {many} of {names}?\n\n{after}"
            if not await self.app.push_screen_wait(question(f"{verb} containers", text, verb)):
                return
        self.problem("")
        failed = [reason for each in chosen if (reason := await self._attempt(act, each))]
        self._rows.marked.clear()
        self._load()
        if failed:
            self.problem("\n".join(failed))
        else:
            cast("Look", self.app).say(f"{verb}: {names}")

    async def _attempt(self, act: Act, container: ContainerInfo) -> str:
        """Does it to one; gives what went wrong. One that fails does not keep it from the others."""
        try:
            await act(container.id)
        except BoatyardError as error:
            return f"{error.message} {error.hint}".strip()
        return ""

    @work(group="act")
    async def _prune(self) -> None:
        """Says exactly what would be removed, and asks."""
        try:
            report = await self._link.client.prune_containers(ask.PruneContainers(dry_run=True))
            if not report.containers:
                cast("Look", self.app).say("nothing is left behind: every container has its workspace")
                return
            lines = "\n".join(f"  {each.name} ({each.words})" for each in report.containers)
            text = f"These containers of this home have no workspace any more:\n\n{lines}"
            if await self.app.push_screen_wait(question("Prune", text, "Remove them")):
                await self._link.client.prune_containers(ask.PruneContainers())
                self._load()
        except BoatyardError as error:
            self.problem(f"{error.message}\n{error.hint}".strip())

    @work(group="act")
    async def _log(self) -> None:
        if self._rows.current is None:
            return
        try:
            log = await self._link.client.container_log(self._rows.current.id, lines=500)
        except BoatyardError as error:
            self.problem(f"{error.message}\n{error.hint}".strip())
            return
        await self.app.push_screen_wait(LogSheet(log.name, log.text))

    @work(group="act")
    async def _shell(self) -> None:
        current = self._rows.current
        if current is None:
            return
        try:
            argv = await self._link.client.shell_argv(current.workspace, ask.RunCommand(argv=()))
            await run_beside(self.app, current.workspace, argv)
        except BoatyardError as error:
            self.problem(f"{error.message}\n{error.hint}".strip())

    @on(RowView.Chosen, "#containers")
    def _chosen(self, event: RowView.Chosen) -> None:
        event.stop()
        self.dismiss(self._rows.containers[event.index].workspace)

    def _defaults(self) -> None:
        self.dismiss("\0defaults")
