"""Parts of a diff: discarded, or taken into another workspace or onto a branch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from shlex import quote
from typing import TYPE_CHECKING

from core.errors import BoatyardError, ConflictError
from core.values import requests as ask
from core.values.review import DiffLine, LineKind
from tui.commands.checkpoints import offer_back
from tui.commands.comparing import other_workspace
from tui.commands.operations import finished
from tui.diff.branch_sheet import BranchSheet
from tui.diff.head import LINK, SUBMODULE
from tui.widgets.menu import Menu, Option, choice, question

if TYPE_CHECKING:
    from tui.app import BoatyardApp


@dataclass(frozen=True)
class Wanted:
    """A part of a diff, as it was looked at."""

    words: str
    part: ask.DiffPart
    base: str
    snapshot: dict[str, str]


async def discard(app: BoatyardApp) -> None:
    """Puts a part back to how the base has it; `z` brings it back."""
    pane = app.home.diff
    name = pane.workspace or ""
    wanted = await _choose(app, "Discard")
    if wanted is None:
        return
    words = pane.compared.words()
    text = (
        f"Discard {wanted.words}?\n\n"
        f"It gets what the other side of this diff has ({words}). What is there now is kept as a "
        f"checkpoint, and {app.keymap.hint('undo')} brings it back."
    )
    if not await app.ask(question("Discard", text, f"Discard {wanted.words}")):
        return
    body = ask.DiscardParts(parts=(wanted.part,), base=wanted.base, snapshot=wanted.snapshot)
    try:
        ended = await finished(app, app.client.discard_parts(name, body))
    except ConflictError as error:
        _changed_meanwhile(app, error)
        return
    pane.read_again()
    offer_back(app, ended.workspace, ended.result.get("before"), f"Discarded {wanted.words}")


async def take(app: BoatyardApp) -> None:
    """Brings a part into another workspace, where `z` takes it out again, or onto a branch."""
    pane = app.home.diff
    name = pane.workspace or ""
    wanted = await _choose(app, "Take elsewhere")
    where = [
        choice("take-into", "workspace"),
        choice("take-onto", "branch"),
    ]
    if wanted is None or not (kind := await app.ask(Menu(f"Take {wanted.words}", "", where))):
        return
    if kind == "branch":
        await _take_onto(app, name, wanted)
        return
    other = await other_workspace(app, name, f"Take {wanted.words} into") if wanted else ""
    if not other:
        return
    body = ask.TakeParts(parts=(wanted.part,), base=wanted.base, snapshot=wanted.snapshot, into=other)
    try:
        ended = await finished(app, app.client.take_parts(name, body))
    except ConflictError as error:
        _changed_meanwhile(app, error)
        return
    offer_back(app, ended.workspace, ended.result.get("before"), f"{other} has {wanted.words} now")


async def _take_onto(app: BoatyardApp, name: str, wanted: Wanted) -> None:
    """A commit of a part on a branch, which is made where there is none."""
    given = await app.ask(BranchSheet(wanted.words))
    if given is None:
        return
    body = ask.TakeParts(
        parts=(wanted.part,), base=wanted.base, snapshot=wanted.snapshot, branch=given.branch,
        message=given.message,
    )  # fmt: skip
    try:
        ended = await finished(app, app.client.take_parts(name, body))
    except ConflictError as error:
        _changed_meanwhile(app, error)
        return
    made = "the new branch " if ended.result.get("made") else ""
    commit = str(ended.result.get("commit", ""))[:10]
    undo = f"git branch -D {quote(given.branch)}" if made else f"git revert {commit}"
    told = f"{made}{given.branch} has {wanted.words} as commit {commit}; '{undo}' takes it back"

    async def back() -> None:
        """Says how: it is in the user's own repository; and takes back nothing older in its place."""
        app.say(told)

    app.can_undo(told, back, quiet=True)
    app.say(told)


def _changed_meanwhile(app: BoatyardApp, error: BoatyardError) -> None:
    """Says why nothing was done, and shows what is there now."""
    app.fail(error)
    app.home.diff.read_again()


async def _choose(app: BoatyardApp, title: str) -> Wanted | None:
    """The lines of the range, else what of hunk and file one says."""
    pane = app.home.diff
    file, view = pane.file, pane.view
    if file is None or pane.summary is None:
        return None
    if not pane.compared.present:
        raise BoatyardError(
            "this diff ends at a checkpoint, not at what is there now",
            hint=app.keymap.fill("Compare with the present: {compare}."),
        )
    path, hunk = pane.path_of(file), view.hunk_lines()
    choices = {
        "lines": (view.range_lines() if view.marking else [], "the marked lines of"),
        "hunk": (hunk or [], "the hunk in"),
    }
    options = [
        choice(f"part-{kind}", kind, _size(choices[kind][0]))
        for kind in ("lines", "hunk")
        if _changed(choices[kind][0]) and not {file.old_mode, file.new_mode} & {LINK, SUBMODULE}
    ]
    options.append(Option("part-file", f"The file {path}", "file", f"+{file.added} -{file.removed}"))
    kind = await app.ask(Menu(title, "", options))
    if not kind:
        return None
    lines, words = choices.get(kind, ([], "the changes of"))
    part = ask.DiffPart(
        path=file.path, repo=pane.repo_name(file.repo_id), old=_ranges(lines, LineKind.REMOVED),
        new=_ranges(lines, LineKind.ADDED),
    )  # fmt: skip
    return Wanted(f"{words} {path}", part, pane.compared.base, dict(pane.summary.snapshot))


def _changed(lines: Sequence[DiffLine]) -> bool:
    return any(line.kind in (LineKind.ADDED, LineKind.REMOVED) for line in lines)


def _size(lines: Sequence[DiffLine]) -> str:
    added = sum(line.kind is LineKind.ADDED for line in lines)
    return f"+{added} -{sum(line.kind is LineKind.REMOVED for line in lines)}"


def _ranges(lines: Sequence[DiffLine], kind: LineKind) -> tuple[tuple[int, int], ...]:
    """The numbers of lines of a kind, as ranges."""
    ranges: list[tuple[int, int]] = []
    for line in lines:
        number = line.new if kind is LineKind.ADDED else line.old
        if line.kind is not kind or not number:
            continue
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return tuple(ranges)
