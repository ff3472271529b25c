"""The application: theme, engine link and store around one screen, and the door through which actions go."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import inspect
import os
import signal
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, TypeVar, cast

from textual import events
from textual.app import App
from textual.binding import BindingType
from textual.filter import LineFilter
from textual.screen import Screen

from core.errors import BoatyardError, ConfigError
from core.garbage import leave_alone_what_is_loaded
from themes import DEFAULT_THEME, load_theme, theme_names
from tui.engine.preferences import Preferences, read_preferences, write_preferences
from tui.keys.actions import BY_ID, bindings
from tui.keys.keymap import Keymap
from tui.keys.queue import KeyQueue
from tui.keys.settings import read_interface, read_keymap, told
from tui.looks.glyphs import choose_glyphs
from tui.looks.palette import Palette, textual_theme
from tui.search.found import Search
from tui.skeleton import Skeleton
from tui.terminal.attention import RESTORE_TITLE, SAVE_TITLE, Attention
from tui.terminal.background import light_by_variable
from tui.terminal.driver import ThriftyDriver
from tui.terminal.hang_up import leave_terminal, when_terminal_goes
from tui.text.literal import Scrub, literal

if TYPE_CHECKING:
    from core.client import Client
    from core.config import InterfaceSection
    from core.paths import Home
    from tui.engine.changes import Changes
    from tui.engine.link import Connect, Link, LinkState
    from tui.engine.store import Store
    from tui.home.bars import Footer
    from tui.home.screen import HomeScreen
    from tui.session.composer import Composer
    from tui.tasks.form_drafts import FormDrafts
    from tui.tasks.task_sheet import Means
    from tui.widgets.prompt import Prompt

Result = TypeVar("Result")
MOST_TOLD = 3
"""Things wrong with the user's keys that are told at the start; `boatyard doctor` tells all."""
MOST_UNDONE = 50
"""Steps that can be taken back, one after the other."""
THEME_SECONDS = 1.0
"""Between two looks at the file of the user's own theme."""


class BoatyardApp(App[None], inherit_bindings=False):
    """Boatyard in the terminal: a client of the engine, which it may start and never stops."""

    TITLE = "Boatyard"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("app")]

    def __init__(
        self, connect: Connect, *, home: Home | None = None, theme: str = "", newest: bool = False,
        is_light: Callable[[], bool | None] = light_by_variable,
    ) -> None:  # fmt: skip
        """
        Args:
            connect: Gives a client of the engine.
            home: Where preferences and the user's own themes are.
            theme: Name of the theme; empty: the preferred one.
            newest: Whether to begin at the workspace that was made last.
            is_light: Tells whether the terminal's background is light; asked where no theme was chosen.
        """
        no_color = os.environ.get("NO_COLOR") is not None
        super().__init__(driver_class=ThriftyDriver, ansi_color=True if no_color else None)
        self.animation_level = "none"
        self._scrub = Scrub()
        self._paths = home
        self.preferences = (
            read_preferences(self._preferences_path) if self._preferences_path else Preferences()
        )
        self.glyphs = choose_glyphs(os.environ.get("BOATYARD_GLYPHS") or self.preferences.glyphs)
        self.keymap = Keymap({})
        self.interface: InterfaceSection | None = None
        """What the settings say of the interface; None: nothing."""
        self._connect = connect
        self._is_light = is_light
        self.key_at = -1e9
        """When a key was last pressed, by `time.monotonic`; long ago: never."""
        self.ready = False
        """Whether the panes are there; until then `store`, `link` and `home` are not."""
        self.use_theme("ansi" if no_color else theme or self._wanted_theme(), remember=False)
        self._undo: list[Callable[[], Awaitable[None]]] = []
        self._means: Means | None = None
        self._keys = KeyQueue(self)
        self._lent = False
        """Whether another program has the terminal."""
        self.last_search = Search()
        self.last_grep = ""
        """What was last looked for in files."""
        self.last_commands: dict[str, str] = {}
        """What was last run by hand, by workspace."""
        self.comment_drafts: dict[str, str] = {}
        """Comments that were begun, by what they are on."""
        self.taken_sides: dict[tuple[str, str, str], str] = {}
        """What was made of files in conflict: by workspace, repo and path."""
        self._begin_at_newest = newest

    # Looks

    @property
    def _preferences_path(self) -> Path | None:
        return self._paths.state / "interface.json" if self._paths else None

    def _wanted_theme(self) -> str:
        chosen = os.environ.get("BOATYARD_THEME") or self.preferences.theme
        return chosen or ("boatyard-light" if self._is_light() else DEFAULT_THEME)

    def theme_choices(self) -> list[str]:
        """Names of all themes, the user's own included."""
        return theme_names(self._own_themes)

    def use_theme(self, name: str, *, remember: bool = True) -> None:
        """Draws everything in another theme; one that cannot be read is told and not used."""
        self._theme_stamp = self._stamp_of(name)
        try:
            file = load_theme(name, self._own_themes)
        except BoatyardError as error:
            self.call_later(self.fail, error)
            if self.ready:  # what is drawn now can be read
                return
            file = load_theme(DEFAULT_THEME)
        self._wanted = name
        self.palette = Palette(file.tokens)
        self.register_theme(textual_theme(file))
        self.theme = file.name
        if remember:
            self.preferences.theme = name
        if self.ready:
            self.refresh_css(animate=False)
            self.home.theme_changed()

    def use_glyphs(self, name: str) -> None:
        """Draws the signs of states in `ascii` or `unicode`, now and from now on."""
        self.preferences.glyphs = name
        self.glyphs = choose_glyphs(name)
        self.home.theme_changed()

    @property
    def prefers_popups(self) -> bool:
        """Whether programs open over the interface inside tmux, not in a window."""
        return self.interface is None or self.interface.tmux == "popup"

    @property
    def picture_style(self) -> str:
        """How pictures are drawn: `kitty`, `blocks` or `none`."""
        from core.config import PictureStyle
        from tui.files.picture_pane import style_of

        wanted = self.interface.pictures if self.interface is not None else PictureStyle.AUTO
        colours = os.environ.get("NO_COLOR") is None
        return style_of(wanted, colours=colours, blocks=self.glyphs.cut == "…")

    @property
    def _own_themes(self) -> Path | None:
        return self._paths.config / "themes" if self._paths else None

    def _stamp_of(self, name: str) -> tuple[int, int]:
        """Tells whether the user's own file of a theme has changed; zeros where there is none."""
        try:
            status = (self._own_themes / f"{name}.toml").stat() if self._own_themes else None
        except (OSError, ValueError):
            return 0, 0
        return (status.st_mtime_ns, status.st_size) if status else (0, 0)

    async def _look_at_theme(self) -> None:
        """Draws anew when the user has saved the theme in use; one that is wrong is told and not used."""
        stamp = await asyncio.to_thread(self._stamp_of, self._wanted)
        if stamp != self._theme_stamp and stamp != (0, 0):
            self.use_theme(self._wanted, remember=False)

    def get_line_filters(self) -> list[LineFilter]:
        """Textual's filters, and last the one that lets no control character through."""
        return [*super().get_line_filters(), self._scrub]

    async def on_event(self, event: events.Event) -> None:
        """Keys from the terminal in order, each after the one before has done what it does."""
        if self.ready and isinstance(event, events.Key | events.MouseDown):
            self.home.touched = True
        if isinstance(event, events.Key) and not event.is_forwarded:
            self.key_at = time.monotonic()
            await self._keys.take(event, super().on_event)
        else:
            await super().on_event(event)

    def get_default_screen(self) -> Screen[None]:
        """What is painted first."""
        return Skeleton()

    def _fatal_error(self) -> None:
        """A traceback without the values of variables: they may hold secrets."""
        from rich.segment import Segments
        from rich.traceback import Traceback

        traceback = Traceback(show_locals=False, width=None)
        self._exit_renderables.append(Segments(self.console.render(traceback, self.console.options)))
        self._close_messages_no_wait()

    # Life

    def on_mount(self) -> None:
        self._listen_to_signals()
        self.app_suspend_signal.subscribe(self, lambda _: self._lend(True))
        self.app_resume_signal.subscribe(self, lambda _: self._lend(False))
        self.call_after_refresh(self._after_first_paint)

    def _after_first_paint(self) -> None:
        self.run_worker(self._begin(), group="begin")

    async def _begin(self) -> None:
        """What takes long to import, the panes, and the engine."""
        await asyncio.to_thread(importlib.import_module, "tui.home.screen")
        troubles = await self._read_keys()
        from tui.engine.link import Link
        from tui.engine.store import Store
        from tui.home.screen import HomeScreen
        from tui.tasks.form_drafts import FormDrafts

        self.store: Store = Store()
        self.link: Link = Link(self.store, self._connect, self._link_told)
        self.link.reconnect_key = self.keymap.hint("reconnect")
        self.task_drafts: FormDrafts = FormDrafts(self.link, "draft_task")
        self.home: HomeScreen = HomeScreen(self.store, self.link)
        await self.push_screen(self.home)
        self.ready = True
        for error, severity in troubles:
            self.fail(error, severity=severity)
        self._attention = Attention(self.store, self.preferences, self.write_to_terminal)
        self.write_to_terminal(SAVE_TITLE)
        self.set_interval(THEME_SECONDS, self._look_at_theme)
        self.store.watch(self._on_changes)
        self.home.session.composer.drafts.take_back(self.preferences.drafts)
        self.home.files.show_ignored(self.preferences.ignored_files)
        self.run_worker(self.link.run(), group="link")
        await asyncio.to_thread(importlib.import_module, "tui.commands")
        leave_alone_what_is_loaded()

    async def _read_keys(self) -> list[tuple[BoatyardError, str]]:
        """Takes the user's own keys; what is wrong with them, and how bad that is: all the rest holds."""
        if self._paths is None:
            return []
        file = self._paths.config / "config.toml"
        try:
            self.keymap, troubles = await asyncio.to_thread(read_keymap, file)
            self.interface = await asyncio.to_thread(read_interface, file)
        except BoatyardError as error:
            return [(error, "error")]
        self.set_keymap(self.keymap.textual())
        return [
            (ConfigError(told(file, each), hint=each.hint), "warning" if each.warning else "error")
            for each in troubles[:MOST_TOLD]
        ]

    async def take_keys(self) -> None:
        """Takes the user's own keys as the settings have them now."""
        for error, severity in await self._read_keys():
            self.fail(error, severity=severity)
        self.home.refresh_bars()

    @property
    def paths(self) -> Home | None:
        """Where preferences and settings are; None where nothing is kept."""
        return self._paths

    def on_unmount(self) -> None:
        if self.ready:
            self.write_to_terminal(RESTORE_TITLE)

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            loop.add_signal_handler(signal.SIGTERM, self.exit)
            loop.add_signal_handler(signal.SIGHUP, self._hung_up)
            when_terminal_goes(partial(self._terminal_gone, loop))
        except (NotImplementedError, RuntimeError, ValueError):
            return  # Not on the main thread: whoever runs us there handles signals.

    def _terminal_gone(self, loop: asyncio.AbstractEventLoop) -> None:
        """Told by another thread."""
        with contextlib.suppress(RuntimeError):  # it is over anyway
            loop.call_soon_threadsafe(self._hung_up)

    def _hung_up(self) -> None:
        """The terminal goes, or somebody says so: what is there of it is put back, and nothing waited for."""
        self.keep_preferences()
        leave_terminal(getattr(self._driver, "attrs_before", None))
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGHUP)

    def keep_preferences(self) -> None:
        """Writes down drafts and choices; that they cannot be written stops nobody from leaving."""
        if self.ready:
            self.preferences.drafts = self.home.session.composer.drafts.unsaved
        if self._preferences_path is not None:
            try:
                write_preferences(self._preferences_path, self.preferences)
            except OSError as error:
                self.log.error(f"preferences not written: {error}")

    # The engine

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
        self.home.refresh_bars()

    def _bring_back(self, select: bool) -> None:
        self.run_worker(self.home.arranging.load(select=select), group="layout", exclusive=True)

    async def _read_agents(self) -> None:
        try:
            means = await self.means()
        except BoatyardError:
            return  # The link has told already.
        self.store.take_agents(means.agents, means.runners)
        self.store.publish()

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

    def write_to_terminal(self, sequence: str) -> None:
        """Sends a control sequence of our own, unless the terminal is somebody else's just now."""
        if self._driver is not None and not self.is_headless and not self._lent:
            self._driver.write(sequence)

    def draw_again(self) -> None:
        """Draws all of the screen: something else wrote to the terminal."""
        if isinstance(self._driver, ThriftyDriver):
            self._driver.forget()
        self.home.refresh(layout=True)

    def _lend(self, lent: bool) -> None:
        self._lent = lent

    # Actions

    def action_perform(self, action_id: str) -> None:
        self.perform(action_id)

    def perform(self, action_id: str) -> None:
        """Does what an action says, or says why it cannot be done now."""
        if not self.ready:
            if action_id in ("quit", "quit-now"):
                self.exit()
            return
        from tui.keys.situation import why_not

        focused = self.home.focused
        if action_id in ("new", "new-file") and getattr(focused, "finding", False):
            self.run_worker(self.run_action("find(1)", focused))
            return
        reason = why_not(action_id, self.home.situation())
        if reason:
            self.say(f"{BY_ID[action_id].label}: {reason}", severity="warning")
            return
        from tui.commands import HANDLERS

        outcome = HANDLERS[action_id](self)
        if inspect.isawaitable(outcome):
            self.run_worker(self._attempt(outcome), group="commands")

    async def _attempt(self, work: Awaitable[None]) -> None:
        """Waits for work and shows what went wrong with it."""
        try:
            await work
        except BoatyardError as error:
            self.fail(error)

    async def ask(self, screen: Screen[Result]) -> Result | None:
        """Shows a dialog and returns what it gives; None when it was left."""
        return await self.push_screen(screen, wait_for_dismiss=True)

    def can_undo(self, told: str, undo: Callable[[], Awaitable[None]], *, quiet: bool = False) -> None:
        """Keeps how to take back what was done, and says both, unless it is plain to see."""
        self._undo = [*self._undo[-MOST_UNDONE:], undo]
        self.home.undoable = True
        if quiet:
            self.home.refresh_bars()
            return
        self.say(f"{told}; {self.keymap.hint('undo')} takes it back")

    async def undo_last(self) -> None:
        """Takes back what was done last."""
        if self._undo:
            undo = self._undo.pop()
            self.home.undoable = bool(self._undo)
            await undo()

    def on_home_screen_chosen(self, event: HomeScreen.Chosen) -> None:
        self.perform(event.action_id)

    def on_footer_clicked(self, event: Footer.Clicked) -> None:
        self.perform(event.action_id) if not BY_ID[event.action_id].target else None

    def on_home_screen_seen(self, event: HomeScreen.Seen) -> None:
        self.run_worker(self._see(event.workspace), group="seen")

    async def _see(self, workspace: str) -> None:
        try:
            await self.client.seen(workspace)
        except BoatyardError:
            return  # It stays unseen, and is told again when it is looked at again.

    def on_composer_sent(self, event: Composer.Sent) -> None:
        from tui.commands.sending import send

        self.run_worker(self._attempt(send(self, event.workspace, event.text, event.other)), group="commands")

    def on_composer_failed(self, event: Composer.Failed) -> None:
        self.fail(event.error)

    def on_prompt_wants_editor(self, event: Prompt.WantsEditor) -> None:
        from tui.commands.terminals import edit_prompt

        self.run_worker(self._attempt(edit_prompt(self, event.prompt)), group="commands")

    # Words

    def say(self, message: str, *, severity: str = "information") -> None:
        """Shows a short message for a few seconds."""
        level = cast('Literal["information", "warning", "error"]', severity)
        self.notify(str(literal(message)), severity=level, markup=False, timeout=5)

    def fail(self, error: BoatyardError, *, severity: str = "error") -> None:
        """Shows what failed and what to do next, long enough to read."""
        level = cast('Literal["information", "warning", "error"]', severity)
        text = str(literal(f"{error.message}\n{error.hint}".strip(), multiline=True))
        self.notify(text, severity=level, markup=False, timeout=12)
