"""How each state is shown: the name of its glyph and token, and its word."""

from __future__ import annotations

from core.values.conversation import ToolState
from core.values.entities import Process, Workspace
from core.values.states import Activity, OperationStatus, ProcessStatus, TaskStatus, WorkspaceState
from tui.keys.keymap import Keymap
from tui.looks.durations import clock

Sign = tuple[str, str]
"""The glyph's name, which is also the token, and the word."""

TASK: dict[TaskStatus, Sign] = {
    TaskStatus.IN_PROGRESS: ("running", "In progress"),
    TaskStatus.IN_REVIEW: ("review", "In review"),
    TaskStatus.TODO: ("todo", "To do"),
    TaskStatus.DONE: ("done", "Done"),
    TaskStatus.CANCELLED: ("cancelled", "Cancelled"),
}
"""In the order in which the tree shows them: what is under way first."""

_ACTIVITY: dict[Activity, Sign] = {
    Activity.IDLE: ("todo", "idle"),
    Activity.SETUP: ("queued", "setting up"),
    Activity.RUNNING: ("running", "running"),
    Activity.WAITING: ("waiting", "waiting for approval"),
    Activity.ASKING: ("waiting", "waiting for input"),
    Activity.UNSEEN: ("unseen", "finished unseen"),
    Activity.FAILED: ("failed", "failed"),
}

_PROCESS: dict[ProcessStatus, Sign] = {
    ProcessStatus.RUNNING: ("running", "running"),
    ProcessStatus.COMPLETED: ("done", "done"),
    ProcessStatus.FAILED: ("failed", "failed"),
    ProcessStatus.KILLED: ("cancelled", "stopped"),
    ProcessStatus.LOST: ("failed", "lost"),
}

TOOL: dict[ToolState, Sign] = {
    ToolState.PENDING: ("queued", "pending"),
    ToolState.RUNNING: ("running", "running"),
    ToolState.COMPLETED: ("done", "done"),
    ToolState.FAILED: ("failed", "failed"),
    ToolState.CANCELLED: ("cancelled", "cancelled"),
}

OPERATION: dict[OperationStatus, Sign] = {
    OperationStatus.RUNNING: ("running", "running"),
    OperationStatus.DONE: ("done", "done"),
    OperationStatus.FAILED: ("failed", "failed"),
    OperationStatus.UNDONE: ("cancelled", "undone"),
}


def workspace_sign(workspace: Workspace) -> Sign:
    """How a workspace is shown: what it is, else what goes on in it."""
    match workspace.state:
        case WorkspaceState.CREATING:
            return ("queued", "setting up")
        case WorkspaceState.FAILED:
            return ("failed", "set-up failed")
        case WorkspaceState.CLOSED if workspace.update is not None:
            return ("failed", "update stopped")
        case WorkspaceState.CLOSED:
            return ("idle", "archived" if workspace.archived else "closed")
        case _:
            if workspace.update is not None and workspace.activity not in (
                Activity.RUNNING,
                Activity.WAITING,
            ):
                return ("failed", "update stopped")
            if workspace.activity is Activity.IDLE and workspace.turns:
                return (
                    ("review", "ready for review") if _has_work(workspace) else ("done", "nothing to merge")
                )
            return _ACTIVITY[workspace.activity]


def _has_work(workspace: Workspace) -> bool:
    """Whether anything differs from the target branches, as far as is known."""
    return not workspace.repos or any(each.added or each.removed for each in workspace.repos)


def trouble_of(workspace: Workspace, keymap: Keymap) -> str:
    """Why nothing goes on in a workspace, or what has to be known of it: the most pressing of it."""
    if workspace.rate_limited_until is not None:
        until = workspace.rate_limited_until
        when = f"until {clock(until)}" if until else "for a time it did not say"
        said = f": {workspace.rate_limit}" if workspace.rate_limit else ""
        return f"The provider lets nothing through {when}{said}"
    if workspace.paused:
        return f"Paused: {workspace.paused}"
    if workspace.queue_paused and workspace.queued:
        keys = keymap.fill("{queue} shows it, {queued-resume} there goes on")
        return f"The queue is paused: {workspace.queue_paused}; {keys}"
    unread = [workspace.path_of(repo.repo_id, path) for repo in workspace.repos for path in repo.unread]
    if unread:
        more = f" and {len(unread) - 1} more" if len(unread) > 1 else ""
        return f"Cannot be read, and is in no diff, checkpoint or merge: {unread[0][:80]}{more}"
    return workspace.notice


def process_sign(process: Process) -> Sign:
    """How a process is shown, with its exit code when that says more."""
    glyph, word = _PROCESS[process.status]
    if process.exit_code not in (None, 0):
        word = f"{word} (exit {process.exit_code})"
    return glyph, word
