"""The application: the door through which actions go, and what it says."""

from __future__ import annotations

import asyncio
import importlib
import inspect
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, Literal, TypeVar, cast

from textual.binding import BindingType
from textual.screen import Screen

from core.errors import BoatyardError, ConfigError, UnreachableError
from core.garbage import leave_alone_what_is_loaded
from tui.base.engine import EngineApp
from tui.keys.actions import BY_ID, bindings
from tui.keys.settings import read_interface, read_keymap, told
from tui.search.found import Search
from tui.skeleton import Skeleton
from tui.terminal.background import light_by_variable
from tui.text.literal import literal

if TYPE_CHECKING:
    from core.paths import Home
    from tui.comments.drafts import CommentDrafts
    from tui.engine.form_drafts import FormDrafts
    from tui.engine.link import Connect, Link, LinkState
    from tui.engine.store import Store
    from tui.home.bars import Footer
    from tui.home.screen import HomeScreen
    from tui.session.composer import Composer
    from tui.widgets.prompt import Prompt

Result = TypeVar("Result")
MOST_TOLD = 3
"""Things wrong with the user's keys that are told at the start; `boatyard doctor` tells all."""
MOST_UNDONE = 50
"""Steps that can be taken back, one after the other."""


class BoatyardApp(EngineApp, inherit_bindings=False):
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
        super().__init__(connect, home=home, theme=theme, newest=newest, is_light=is_light)
        self._undo: list[Callable[[], Awaitable[object]]] = []
        self._deeds: list[asyncio.Event] = []
        """Of what is under way and can be taken back when it is done: set then."""
        self.last_search = Search()
        self.last_grep = ""
        """What was last looked for in files."""
        self.last_commands: dict[str, str] = {}
        """What was last run by hand, by workspace."""
        self.taken_sides: dict[tuple[str, str, str], str] = {}
        """What was made of files in conflict: by workspace, repo and path."""

    def get_default_screen(self) -> Screen[None]:
        """What is painted first."""
        return Skeleton()

    def on_mount(self) -> None:
        self.call_after_refresh(self._after_first_paint)

    def _after_first_paint(self) -> None:
        self.run_worker(self._begin(), group="begin")

    async def _begin(self) -> None:
        """What takes long to import, the panes, and the engine."""
        await asyncio.to_thread(importlib.import_module, "tui.home.screen")
        troubles = await self._read_keys()
        from tui.comments.drafts import KIND as COMMENTS
        from tui.comments.drafts import CommentDrafts
        from tui.engine.form_drafts import FormDrafts
        from tui.engine.link import Link
        from tui.engine.store import Store
        from tui.home.screen import HomeScreen

        self.store: Store = Store()
        self.link: Link = Link(self.store, self._connect, self._link_told)
        self.link.reconnect_key = self.keymap.hint("reconnect")
        self.task_drafts: FormDrafts = FormDrafts(self.link, "draft_task")
        self.comment_drafts: CommentDrafts = CommentDrafts(self.link, COMMENTS)
        self.workspace_drafts: FormDrafts = FormDrafts(self.link, "draft_workspace")
        self.forms = {
            "draft_task": self.task_drafts, COMMENTS: self.comment_drafts,
            "draft_workspace": self.workspace_drafts,
        }  # fmt: skip
        for kind, drafts in self.forms.items():
            drafts.take_back(self.preferences.forms_of(kind))
        self.home: HomeScreen = HomeScreen(self.store, self.link)
        await self.push_screen(self.home)
        self.ready = True
        for error, severity in troubles:
            self.fail(error, severity=severity)
        self.attend()
        self.follow_theme()
        self.home.session.composer.drafts.take_back(self.preferences.drafts)
        self.home.files.show_ignored(self.preferences.ignored_files)
        self.run_worker(self.link.run(), group="link")
        await asyncio.to_thread(importlib.import_module, "tui.commands")
        leave_alone_what_is_loaded()

    def _link_told(self, state: LinkState, error: BoatyardError | None) -> None:
        super()._link_told(state, error)
        if state.connected:
            for drafts in self.forms.values():
                drafts.connected()

    async def _read_keys(self) -> list[tuple[BoatyardError, str]]:
        """Takes the user's own keys; what is wrong with them, and how bad that is: all the rest holds."""
        if self._paths is None:
            return []
        file = self._paths.config / "config.toml"
        try:
            self.keymap, troubles = await asyncio.to_thread(read_keymap, file)
            self.interface = await asyncio.to_thread(read_interface, file)
            self.use_mouse(self.interface.mouse)
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
        reason = self.keymap.fill(why_not(action_id, self.home.situation()))
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

    def can_undo(self, told: str, undo: Callable[[], Awaitable[object]], *, quiet: bool = False) -> None:
        """Keeps how to take back what was done, and says both, unless it is plain to see."""
        self._undo = [*self._undo[-MOST_UNDONE:], undo]
        self.home.undoable = True
        if quiet:
            self.home.refresh_bars()
            return
        self.say(f"{told}; {self.keymap.hint('undo')} takes it back")

    @contextmanager
    def deed(self) -> Iterator[None]:
        """While something is under way that can be taken back when it is done: undo means that, and waits."""
        done = asyncio.Event()
        self._deeds.append(done)
        self.home.undoable = True
        try:
            yield
        finally:
            self._deeds.remove(done)
            done.set()
            self.home.undoable = bool(self._undo or self._deeds)

    async def undo_last(self) -> None:
        """Takes back what was done last, as soon as it is done."""
        if self._deeds:
            self.say("It is taken back as soon as it is done")
        while self._deeds:
            await self._deeds[-1].wait()
        if self._undo:
            undo = self._undo.pop()
            self.home.undoable = bool(self._undo or self._deeds)
            try:
                self.clear_notifications()  # One of them offers this.
                await undo()
            except UnreachableError:
                self._undo.append(undo)
                self.home.undoable = True
                raise

    def on_app_focus(self) -> None:
        """The user comes back from elsewhere, where they may have been at the files."""
        if self.ready:
            self.home.files.read_again()
            self.home.diff.may_be_old()
            self.home.diff.look_again()

    def on_selection_screen_chosen(self, event: HomeScreen.Chosen) -> None:
        self.perform(event.action_id)

    def on_footer_clicked(self, event: Footer.Clicked) -> None:
        self.perform(event.action_id) if not BY_ID[event.action_id].target else None

    def on_composer_sent(self, event: Composer.Sent) -> None:
        from tui.commands.sending import send

        self.run_worker(self._attempt(send(self, event.workspace, event.text, event.other)), group="commands")

    def on_composer_failed(self, event: Composer.Failed) -> None:
        self.fail(event.error)

    def on_prompt_wants_editor(self, event: Prompt.WantsEditor) -> None:
        from tui.commands.terminals import edit_prompt

        self.run_worker(self._attempt(edit_prompt(self, event.prompt)), group="commands")

    def say(self, message: str, *, severity: str = "information") -> None:
        """Shows a short message for a few seconds."""
        level = cast('Literal["information", "warning", "error"]', severity)
        self.notify(str(literal(message)), severity=level, markup=False, timeout=5)

    def fail(self, error: BoatyardError, *, severity: str = "error") -> None:
        """Shows what failed and what to do next, long enough to read."""
        level = cast('Literal["information", "warning", "error"]', severity)
        text = str(literal(f"{error.message}\n{error.hint}".strip(), multiline=True))
        self.notify(text, severity=level, markup=False, timeout=12)
