"""Where the user is, and which actions make sense there: rules without widgets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.values.states import Activity, TaskStatus, WorkspaceState

if TYPE_CHECKING:
    from core.values.entities import Approval, Project, Task, Workspace


@dataclass(frozen=True)
class Situation:
    """What is selected, in sight and possible now."""

    connected: bool = True
    view: str = "tree"
    """`tree`, `session`, `files`, `diff` or `board`."""
    zoomed: bool = False
    alone: bool = False
    """Whether the terminal has room for one pane at a time."""
    project: Project | None = None
    task: Task | None = None
    workspace: Workspace | None = None
    attempts: int = 0
    """Workspaces of the task in hand, where none of them is in hand."""
    approval: Approval | None = None
    """The permission request that is on the screen."""
    waiting: int = 0
    """Workspaces that need the user."""
    undoable: bool = False
    path: str = ""
    """The file at hand in files or diff."""
    queued: int = 0


def why_not(action_id: str, now: Situation) -> str:
    """Why an action makes no sense here, for people; empty when it does."""
    if action_id in _NEED_ENGINE and not now.connected:
        return "the engine is not connected"
    rule = _RULES.get(action_id)
    return rule(now) if rule else ""


_NEED_ENGINE = frozenset({
    "containers", "defaults", "restart-engine", "repair", "limits", "refused-hosts",
    "new", "add-project", "start", "stop", "dispose", "undo", "restore", "close", "remove", "task-done",
    "task-cancel", "task-todo", "task-edit", "remove-project", "allow", "allow-always", "reject", "queue",
    "attach", "shell", "command", "merge", "dev", "timeline", "checkpoint", "pin", "archive", "remix",
    "recover", "empty-trash", "repo-settings", "templates", "resume", "interrupt-turn", "rewind", "sessions",
    "mode", "trust-file", "rules", "find-file", "file-history", "publish", "unpublish", "unmerge",
    "search", "budget", "project-budget", "compare", "comment", "comments", "update", "landing", "blame",
    "attempts", "discard", "take", "grep", "subtask", "pictures", "card-right", "card-left", "card-down",
    "card-up", "new-file", "rename-file", "delete-file", "bulk", "edit-card",
})  # fmt: skip


_BUSY = frozenset({Activity.RUNNING, Activity.WAITING, Activity.ASKING, Activity.SETUP})


def _workspace(now: Situation) -> str:
    return "" if now.workspace else "no workspace is selected"


def _attempt(now: Situation) -> str:
    return "" if now.attempts else _workspace(now)


def _open(now: Situation) -> str:
    if now.workspace is None:
        return _workspace(now)
    match now.workspace.state:
        case WorkspaceState.CLOSED:
            return "the workspace is closed: {dispose} and then {dispose-open} open it"
        case WorkspaceState.CREATING:
            return "the workspace is still being set up"
        case _:
            return ""


def _task(now: Situation) -> str:
    return "" if now.task else "no task is selected"


def _start(now: Situation) -> str:
    if now.task is None:
        return "no task is selected"
    if now.workspace is not None and now.workspace.state is WorkspaceState.CREATING:
        return "the workspace is still being set up"
    return ""


def _stop(now: Situation) -> str:
    if now.workspace is None:
        return _workspace(now)
    busy = now.workspace.activity in _BUSY
    return "" if busy or now.workspace.queued else "nothing runs in the workspace"


def _approval(now: Situation) -> str:
    if now.approval is not None:
        return ""
    asks = now.workspace is not None and now.workspace.activity in (Activity.WAITING, Activity.ASKING)
    return "open the session to see what is asked" if asks else "nothing is asked"


def _is_paused(now: Situation) -> bool:
    workspace = now.workspace
    return workspace is not None and (
        bool(workspace.queue_paused)
        or workspace.rate_limited_until is not None
        or workspace.activity is Activity.FAILED
    )


def _rewind(now: Situation) -> str:
    if now.workspace is not None and now.workspace.activity in _BUSY:
        return "a turn runs: stop it first"
    return _open(now) or ("" if now.view == "session" else "go to the turn in the session first")


def _prompt(now: Situation) -> str:
    if now.workspace is not None and now.workspace.state is WorkspaceState.FAILED:
        return "the set-up failed: try it again first"
    return _open(now)


def _merge(now: Situation) -> str:
    if now.workspace is not None and now.workspace.state is WorkspaceState.FAILED:
        return "the set-up failed: there is no work to bring together"
    if now.workspace is not None and now.workspace.state is WorkspaceState.CREATING:
        return "the workspace is still being set up"
    return _workspace(now)


def _unmerge(now: Situation) -> str:
    if now.workspace is not None and now.workspace.landed_at is None:
        return "nothing of the workspace was merged from here"
    return _workspace(now)


def _in_diff(now: Situation) -> str:
    if now.view != "diff" or not now.path:
        return "go to a file in the diff first"
    return _workspace(now)


def _in_file(now: Situation) -> str:
    if now.view not in ("files", "diff") or not now.path:
        return "go to a line of a file first"
    return _workspace(now)


def _kept(now: Situation) -> str:
    if now.workspace is not None and now.workspace.state is WorkspaceState.CREATING:
        return "the workspace is still being set up"
    return _workspace(now)


def _public(now: Situation) -> str:
    public = now.workspace is not None and now.workspace.published_at is not None
    return "" if public else "nothing of the workspace is public"


def _close(now: Situation) -> str:
    if now.workspace is not None and now.workspace.state is WorkspaceState.CLOSED:
        return "the workspace is closed already"
    return _open(now)


def _restore(now: Situation) -> str:
    if now.workspace is None:
        return _workspace(now)
    return "" if now.workspace.state is WorkspaceState.CLOSED else "the workspace is not closed"


def _status(unwanted: TaskStatus) -> Callable[[Situation], str]:
    def rule(now: Situation) -> str:
        if now.task is None:
            return _task(now)
        return "that is its state already" if now.task.status is unwanted else ""

    return rule


_RULES: dict[str, Callable[[Situation], str]] = {
    "start": _start,
    "stop": _stop,
    "dispose": lambda now: "" if now.workspace or now.task or now.project else "nothing is selected",
    "undo": lambda now: "" if now.undoable else "there is nothing to undo",
    "restore": _restore,
    "close": _close,
    "remove": lambda now: "" if now.workspace or now.task else "nothing is selected",
    "task-done": _status(TaskStatus.DONE),
    "task-cancel": _status(TaskStatus.CANCELLED),
    "task-todo": _status(TaskStatus.TODO),
    "task-edit": _task,
    "repo-settings": lambda now: "" if now.project else "no project is selected",
    "trust-file": lambda now: "" if now.project else "no project is selected",
    "remove-project": lambda now: "" if now.project else "no project is selected",
    "prompt": _prompt,
    "allow": _approval,
    "allow-always": _approval,
    "reject": _approval,
    "next-waiting": lambda now: "" if now.waiting else "no workspace needs you",
    "queue": lambda now: _workspace(now) or ("" if now.queued else "no prompt is queued"),
    "resume": lambda now: _open(now) or ("" if _is_paused(now) else "nothing is paused, and no turn failed"),
    "budget": lambda now: "" if now.task or now.project else "no task is selected",
    "project-budget": lambda now: "" if now.project else "no project is selected",
    "interrupt-turn": _stop,
    "rewind": _rewind,
    "sessions": _workspace,
    "mode": _open,
    "rules": lambda now: "" if now.project else "no project is selected",
    "mute": lambda now: "" if now.project else "no project is selected",
    "shell": _open,
    "attach": lambda now: _open(now) or _stop(now),
    "command": _open,
    "dev": _open,
    "merge": _merge,
    "unmerge": _unmerge,
    "pull-request": _kept,
    "timeline": _workspace,
    "compare": _workspace,
    "update": _merge,
    "attempts": _task,
    "blame": _in_file,
    "file-history": lambda now: _workspace(now) or ("" if now.path else "go to a file first"),
    "grep": _workspace,
    "find-file": _workspace,
    "new-file": _open,
    "rename-file": _open,
    "delete-file": _open,
    "comments": _workspace,
    "comment": _in_diff,
    "discard": _in_diff,
    "take": _in_diff,
    "checkpoint": _kept,
    "pin": _workspace,
    "publish": _kept,
    "unpublish": lambda now: _kept(now) or _public(now),
    "archive": _kept,
    "remix": _kept,
    "subtask": _task,
    "pictures": _task,
    "card-right": _task,
    "card-left": _task,
    "card-down": _task,
    "card-up": _task,
    "bulk": _task,
    "edit-card": _task,
    "edit": lambda now: _workspace(now) or ("" if now.path else "no file is selected"),
    "repair": _workspace,
    "limits": _workspace,
    "refused-hosts": _workspace,
    "pane-2": lambda now: "",
    "pane-3": _attempt,
    "pane-4": _attempt,
    "zoom": lambda now: "the pane has the whole screen already" if now.alone else "",
    "hide-tree": lambda now: "there is nothing beside it" if now.alone else "",
    "unzoom": lambda now: "" if now.zoomed else "nothing is zoomed",
}
