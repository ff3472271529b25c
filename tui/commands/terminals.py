"""What leaves the interface: a shell, the user's editor, the clipboard."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from core.errors import BoatyardError
from core.values import requests as ask
from core.values.entities import Workspace
from tui.session.conversation import Conversation
from tui.terminal.programs import copy as copy_text
from tui.terminal.programs import edit_file, edit_text, run_beside
from tui.terminal.tmux import in_tmux
from tui.text.prose import code_blocks
from tui.widgets.menu import Menu, Option, choice, numbered
from tui.widgets.prompt import Prompt
from tui.widgets.ranges import RangeRows
from tui.widgets.rows import RowView

if TYPE_CHECKING:
    from tui.app import BoatyardApp


def _read_again(app: BoatyardApp) -> None:
    """Files and diff, after the user was at the files with a program that tells the engine nothing."""
    app.home.files.read_again()
    app.home.diff.read_again()


def _changing(app: BoatyardApp, name: str) -> AbstractContextManager[None]:
    """While the user is at a workspace's files in a popup or a window of tmux: the diff is looked at now and
    then. Elsewhere nobody sees it before that program ends."""
    return app.home.diff.changed_by_hand(name) if in_tmux() else nullcontext()


async def shell(app: BoatyardApp) -> None:
    """A shell where the workspace's processes run."""
    workspace = app.home.situation().workspace
    assert workspace is not None
    argv = await app.client.shell_argv(workspace.name, ask.RunCommand(argv=()))
    with _changing(app, workspace.name):
        await run_beside(app, workspace.name, argv)
    _read_again(app)


async def attach(app: BoatyardApp) -> None:
    """Into the screen of the workspace's agent; ctrl+] comes back, and the agent goes on."""
    workspace = app.home.situation().workspace
    assert workspace is not None
    argv = await app.client.attach_argv(workspace.name)
    await run_beside(app, workspace.name, argv)


def _path(app: BoatyardApp, workspace: Workspace) -> tuple[Path, int]:
    """The file at hand on this machine, never outside the workspace, and the line."""
    home = app.home
    root, relative, line = workspace.folder, home.situation().path, home.files.line
    if home.view == "diff" and home.diff.file is not None:
        repo = home.diff.file.repo_id
        root = next((each.path for each in workspace.repos if each.repo_id == repo), workspace.folder)
        line = home.diff.line
    parts = PurePosixPath(relative)
    if parts.is_absolute() or ".." in parts.parts:
        raise BoatyardError(f"{relative} is not inside the workspace", hint="Choose another file.")
    return Path(root) / parts, line


async def edit(app: BoatyardApp) -> None:
    """The file at hand in the user's editor."""
    workspace = app.home.situation().workspace
    assert workspace is not None
    path, line = _path(app, workspace)
    try:
        with _changing(app, workspace.name):
            await edit_file(app, "edit", path, line)
    finally:
        _read_again(app)


async def edit_prompt(app: BoatyardApp, prompt: Prompt) -> None:
    """The prompt in the user's editor."""
    prompt.show(await edit_text(app, prompt.text))


def _of_conversation(talk: Conversation) -> list[Option]:
    """What of a conversation can be copied: the entry at the cursor, its code, the whole answer."""
    options: list[Option] = []
    entry = talk.current
    if entry is not None:
        whole = "\n".join(part for part in (entry.text or entry.title, entry.output) if part)
        options += [choice("copy-entry", whole)] if whole else []
        blocks = code_blocks(entry.text)[:9]
        one = len(blocks) == 1
        keys = ["copy-code"] if one else [numbered(number) for number in range(1, len(blocks) + 1)]
        options += [Option(key, "The code", block) for key, block in zip(keys, blocks, strict=True)]
    if talk.answer:
        options.append(choice("copy-answer", talk.answer))
    return options


def _first_line(text: str) -> str:
    line = next((line for line in text.splitlines() if line.strip()), "")
    return line.strip()[:60]


async def copy(app: BoatyardApp) -> None:
    """Asks what to copy, and says where it went."""
    home = app.home
    now = home.situation()
    options: list[Option] = []
    focused = home.focused
    if isinstance(focused, RangeRows) and focused.marking:
        lines = focused.marked
        focused.end_range()
        app.say(f"Copied by way of {await copy_text(app, lines)}")
        return
    if isinstance(focused, RowView) and focused.row_count():
        options.append(choice("copy-line", focused.row_text(focused.cursor_row).strip()))
    if isinstance(focused, Conversation):
        options += _of_conversation(focused)
    if now.path:
        options.append(choice("copy-path", now.path))
    if now.workspace is not None:
        options.append(choice("copy-name", now.workspace.name))
        options.append(choice("copy-branch", now.workspace.branch))
        options.append(choice("copy-folder", now.workspace.folder))
    elif now.task is not None:
        options.append(choice("copy-title", now.task.title))
    shown = [Option(each.action, each.label, each.value, _first_line(each.value)) for each in options]
    chosen = await app.ask(Menu("Copy", "" if shown else "There is nothing to copy here.", shown))
    if chosen:
        app.say(f"Copied by way of {await copy_text(app, chosen)}")
