"""The actions of dialogs: what a key does in each of them, and in the kinds of fields that they are made of.

A scope is a dialog, or a kind of field. An action that is the same as one of the screen, such as undo, has
the keys that the user chose for that one.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui.keys.action import APP, ASK, MOVE, REVIEW, VIEW, WORK, Action

Row = tuple[str, str, str, str, str] | tuple[str, str, str, str, str, str]
"""Id, keys with blanks between them, label, help, group; the action of the screen that it stands for."""


def _does(scope: str, *rows: Row) -> Iterator[Action]:
    """Actions that the dialog itself does, by their ids (see `tui.widgets.sheet`)."""
    for name, keys, label, help_, group, *same in rows:
        target = f"act('{name}')"
        yield Action(
            name, tuple(keys.split()), label, help_, group, scope, target, instead_of="".join(same)
        )  # fmt: skip


DIALOG_ACTIONS: tuple[Action, ...] = (
    # Every dialog
    Action("sheet-leave", ("escape",), "leave", "Leave it; what is not kept yet stays as it was", MOVE,
           "sheet", "leave", instead_of="back"),
    Action("sheet-next", ("tab",), "next field", "The next field", MOVE, "sheet", "app.focus_next",
           instead_of="next-pane"),
    Action("sheet-previous", ("shift+tab",), "field before", "The field before", MOVE, "sheet",
           "app.focus_previous", instead_of="previous-pane"),
    Action("sheet-keys", ("question_mark", "f1"), "all keys", "All keys that work in it", APP, "sheet",
           "show_keys", instead_of="help"),
    # Fields
    Action("accept", ("enter",), "do it", "Done with what is typed", MOVE, "field", "submit"),
    Action("option-next", ("right", "l", "space"), "next", "The next of the options", MOVE, "choice",
           "step(1)"),
    Action("option-previous", ("left", "h"), "before", "The option before", MOVE, "choice", "step(-1)"),
    Action("option-accept", ("enter",), "do it", "Done with what is chosen", MOVE, "choice", "submit"),
    Action("pick", ("space",), "pick", "Pick what the cursor is on, or leave it", MOVE, "picks", "pick"),
    Action("preview-text", ("ctrl+o",), "preview", "What was written as it will be read, or the text again",
           VIEW, "description", "preview"),
    # What is found while one types
    Action("found-next", ("down", "ctrl+n"), "next", "The next that was found", MOVE, "found", "move(1)"),
    Action("found-previous", ("up", "ctrl+p"), "before", "The one before", MOVE, "found", "move(-1)"),
    Action("found-page-down", ("pagedown",), "page down", "Ten further on", MOVE, "found", "move(10)"),
    Action("found-page-up", ("pageup",), "page up", "Ten back", MOVE, "found", "move(-10)"),
    Action("expression", ("ctrl+t",), "text or expression", "Look for a regular expression, or for a text",
           VIEW, "grep", "expression"),
    # Dialogs
    *_does(
        "containers",
        ("container-mark", "space", "mark", "Mark the container; what follows is about all marked", WORK),
        ("container-start", "u", "up", "Start it", WORK),
        ("container-stop", "s", "stop", "Stop it, and what runs inside", WORK, "stop"),
        ("container-restart", "r", "restart", "Stop and start it", WORK),
        ("container-remove", "d", "remove", "Remove it; the workspace and its files stay", WORK, "dispose"),
        ("container-log", "l", "log", "The end of its own log", VIEW),
        ("container-shell", "E", "shell", "A shell inside", ASK, "shell"),
        ("container-prune", "P", "prune", "Remove those whose workspace is gone", WORK),
        ("container-defaults", "D", "defaults", "Image, limits and network of new workspaces", APP),
        ("container-again", "R", "again", "Read the list anew", VIEW, "reconnect"),
    ),
    *_does(
        "attempts",
        ("attempt-next", "l right", "next", "The next attempt", MOVE),
        ("attempt-previous", "h left", "before", "The attempt before", MOVE),
        ("attempt-diff", "d", "diff with next", "What it and the next do differently", REVIEW),
        ("attempt-check", "c", "check", "Run the check script in it", REVIEW),
        ("attempt-log", "L", "log", "What the check wrote", VIEW),
        ("attempt-keep", "K", "keep", "Keep it, and archive the others", REVIEW),
    ),
    *_does(
        "pictures",
        ("picture-remove", "d", "take away", "Take the picture away from the task", WORK, "dispose"),
        ("picture-back", "z", "undo", "Bring back what was taken away", WORK, "undo"),
    ),
    *_does(
        "pull",
        ("pull-push", "p", "push", "Push what is committed", REVIEW),
        ("pull-open", "o", "open", "Open a pull request", REVIEW),
        ("pull-edit", "e", "edit", "Change its title and its text", REVIEW, "edit"),
        ("pull-draft", "d", "draft", "Mark it as a draft, or as ready", REVIEW),
        ("pull-checks", "f", "send checks", "Tell the agent of the failing checks", ASK),
        ("pull-comments", "c", "comments", "All comments, the review's too", REVIEW),
        ("pull-copy", "y", "copy", "Copy the address at the cursor", REVIEW, "copy"),
        ("pull-again", "r", "again", "Read everything anew", VIEW),
    ),
    *_does(
        "landing",
        ("landing-add", "a", "add marked", "Add those that are marked, in the best order", REVIEW),
        ("landing-add-ordered", "A", "as marked", "Add those that are marked, in the order of marking",
         REVIEW),
        ("landing-start", "s", "start", "Let the queue be worked through", REVIEW),
        ("landing-stop", "x", "stop", "Let it stand still after the one in hand", REVIEW),
        ("landing-drop", "d", "drop", "Take the workspace out of the queue", REVIEW, "dispose"),
        ("landing-back", "z", "undo", "Put back what was dropped", REVIEW, "undo"),
        ("landing-log", "l", "log", "What its check wrote", VIEW),
    ),
    *_does(
        "conflicts",
        ("take-ours", "o", "ours", "Take the workspace's version of the file", REVIEW),
        ("take-theirs", "t", "theirs", "Take the target branch's version", REVIEW),
        ("conflict-edit", "e", "edit", "Resolve it in $EDITOR", REVIEW, "edit"),
        ("conflict-agent", "f", "to the agent", "Let the agent resolve what is left", ASK),
        ("conflict-continue", "c", "go on", "All are resolved: go on with the update", REVIEW),
        ("conflict-abort", "x", "give up", "Give the update up; the workspace is as before", REVIEW),
    ),
    *_does(
        "merge",
        ("style-merge", "m", "merge commit", "Merge with a merge commit", REVIEW),
        ("style-squash", "s", "squash", "Merge as one commit", REVIEW),
        ("style-rebase", "r", "rebase", "Merge its commits on top of the branch", REVIEW),
        ("merge-message", "i", "message", "Write the message", REVIEW, "prompt"),
        ("merge-push", "p", "push", "Push the target branch afterwards, or not", REVIEW),
        ("merge-update", "u", "update", "Update from the target branch first", REVIEW, "update"),
        ("merge-agent", "f", "agent resolves", "Ask the agent to resolve the conflicts", ASK),
    ),
    *_does(
        "history",
        ("step-file", "v", "as it was", "The whole file as it was then", REVIEW),
        ("step-restore", "r", "restore", "Make the file as it was then", REVIEW),
    ),
    *_does(
        "settings",
        ("setting-default", "d", "default", "Back to the default", APP),
        ("setting-undo", "z", "undo", "Take the last change back", APP, "undo"),
        ("setting-find", "slash", "find", "Only settings that have some words", VIEW, "find"),
        ("setting-key", "K", "keys", "Choose the keys of an action", APP),
        ("setting-limits", "D", "limits", "Image, limits and network of new workspaces, as a form", APP),
        ("setting-edit", "e", "file", "Open config.toml in $EDITOR", APP, "edit"),
    ),
    *_does(
        "queue",
        ("queued-down", "J shift+down", "later", "The prompt one place later", ASK, "card-down"),
        ("queued-up", "K shift+up", "earlier", "The prompt one place earlier", ASK, "card-up"),
        ("queued-drop", "d", "drop", "Take the prompt out of the queue", ASK, "dispose"),
        ("queued-back", "z", "undo", "Put back what was dropped", ASK, "undo"),
        ("queued-resume", "r", "go on", "Let a paused queue go on", ASK),
    ),
    *_does(
        "timeline",
        ("checkpoint-mark", "space", "mark", "Mark it to compare it with another one", REVIEW),
        ("checkpoint-compare", "c", "compare", "With the marked one, or with the present", REVIEW),
        ("checkpoint-restore", "r", "restore", "Go back to it; the present is kept first", REVIEW),
        ("checkpoint-new", "n", "new", "Keep everything as it is now", REVIEW, "new"),
        ("checkpoint-export", "x", "zip", "Write it as a zip file", REVIEW),
        ("checkpoint-import", "I", "import", "Bring in files of a folder or an archive", REVIEW),
    ),
    *_does(
        "comments",
        ("comment-resolve", "r", "resolve", "Mark it as resolved, or as open again", REVIEW),
        ("comment-edit", "e", "edit", "Change what it says", REVIEW, "edit"),
        ("comment-remove", "d", "remove", "Remove it", REVIEW, "dispose"),
        ("comment-back", "z", "undo", "Bring back what was removed", REVIEW, "undo"),
        ("comments-send", "s", "send", "Send all that are open to the agent, as one prompt", ASK),
    ),
)  # fmt: skip
