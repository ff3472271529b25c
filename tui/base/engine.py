"""The engine: connected to, followed, and asked what there is to work with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from core.errors import BoatyardError
from tui.base.terminal import TerminalApp
from tui.engine.dev_server_news import DevServerNews
from tui.terminal.attention import SAVE_TITLE, Attention

if TYPE_CHECKING:
    from core.client import Client
    from core.paths import Home
    from tui.engine.changes import Changes
    from tui.engine.link import Connect, Link, LinkState
    from tui.engine.store import Store
    from tui.home.screen import HomeScreen
    from tui.tasks.task_sheet import Means


class EngineApp(TerminalApp, inherit_bindings=False):
    """An application that is a client of the engine."""

    store: Store
    link: Link

    def __init__(
        self, connect: Connect, *, home: Home | None, theme: str, newest: bool,
        is_light: Callable[[], bool | None],
    ) -> None:  # fmt: skip
        super().__init__(home, theme, is_light)
        self._connect = connect
        self._begin_at_newest = newest
        self._means: Means | None = None
        self._engine_code = ""
        self._told_code = ""
        """Of the engine that was said to run other code."""

    def say(self, message: str, *, severity: str = "information") -> None:
        """Shows a short message for a few seconds."""
        raise NotImplementedError

    def fail(self, error: BoatyardError, *, severity: str = "error") -> None:
        """Shows what failed and what to do next, long enough to read."""
        raise NotImplementedError

    def attend(self) -> None:
        """Begins to tell of what needs the user."""
        self._attention = Attention(self.store, self.preferences, self.write_to_terminal)
        self.write_to_terminal(SAVE_TITLE)
        self.store.watch(self._on_changes)
        self.dev_server_news = DevServerNews(self.store, self._say_filled, self._fail_filled)

    def _say_filled(self, text: str) -> None:
        self.say(self.keymap.fill(text))

    def _fail_filled(self, message: str, hint: str) -> None:
        self.fail(BoatyardError(message, hint=self.keymap.fill(hint)))

    @property
    def client(self) -> Client:
        """The client of the engine.

        Raises:
            UnreachableError: When there is no connection just now.
        """
        return self.link.client

    def _link_told(self, state: LinkState, error: BoatyardError | None) -> None:
        self._means = None
        if state.connected:
            self.run_worker(self._read_agents(), group="agents", exclusive=True)
            self.run_worker(self._read_review(), group="review", exclusive=True)
            self.call_after_refresh(self._bring_back, not self._begin_at_newest)
            if self._begin_at_newest and self.store.workspaces:
                self._begin_at_newest = False
                newest = max(self.store.workspaces.values(), key=lambda each: each.created_at)
                self.call_after_refresh(self.home.go_to_workspace, newest.name)
        elif error is not None:
            self.home.connection_lost(error)
            self._keys.begin()
        self.home.refresh_bars()

    def _bring_back(self, select: bool) -> None:
        self.run_worker(self._arrange(select), group="layout", exclusive=True)

    async def _arrange(self, select: bool) -> None:
        await self.home.arranging.load(select=select)
        self._keys.begin()

    async def _read_agents(self) -> None:
        try:
            means = await self.means()
        except BoatyardError:
            return  # The link has told already.
        self.store.take_agents(means.agents, means.runners)
        self.store.publish()
        await self._tell_other_code()

    async def _tell_other_code(self) -> None:
        """Says once that the engine is older than this program, or newer: it outlives an update."""
        from core.code_mark import code_mark

        engine = self._engine_code or "without a mark"
        if engine not in (self._told_code, await asyncio.to_thread(code_mark)):
            self._told_code = engine
            hint = self.keymap.fill("Press {palette}, and choose “restart engine”: all agents go on.")
            error = BoatyardError("The engine runs other code: it was started before an update", hint=hint)
            self.fail(error, severity="warning")

    async def _read_review(self) -> None:
        """What is to be expected of landing, and what waits to; events tell of both from then on."""
        try:
            forecasts, landing = await asyncio.gather(self.client.forecast(), self.client.landing_queue())
        except BoatyardError:
            return  # The link has told already.
        self.store.take_review(forecasts, landing)
        self.store.publish()

    async def means(self) -> Means:
        """The agents and runners there are; asked for once per connection."""
        from tui.tasks.task_sheet import Means

        if self._means is None:
            agents, status, templates = await asyncio.gather(
                self.client.agents(), self.client.engine_status(), self.client.templates()
            )
            self._engine_code = status.code
            self._means = Means(
                self.store,
                agents,
                status.runners,
                status.default_runner,
                self.preferences.last_agent,
                templates,
            )
        return self._means

    def forget_means(self) -> None:
        """What there is to run a task with is asked for anew the next time."""
        self._means = None

    def remember_agent(self, name: str) -> None:
        """The agent that is offered first from now on."""
        self.preferences.last_agent = name
        self._means = None

    def _on_changes(self, changes: Changes) -> None:
        """Says what has happened without the user's doing, and what needs them now."""
        for text in changes.notices:
            self.say(text, severity="warning")
        self._attention.take(changes)

    def on_home_screen_seen(self, event: HomeScreen.Seen) -> None:
        self.run_worker(self._see(event.workspace), group="seen")

    async def _see(self, workspace: str) -> None:
        try:
            await self.client.seen(workspace)
        except BoatyardError:
            return  # It stays unseen, and is told again when it is looked at again.
