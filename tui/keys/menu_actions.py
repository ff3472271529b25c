"""The choices of menus: the key of each, which stands beside it in the menu.

A choice that a menu has once has an id here, and its key is the user's own; what is found at run time, such
as the addresses of dev servers, is numbered.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui.keys.action import APP, ASK, REVIEW, VIEW, WORK, Action

NUMBERED = 9
"""How many choices of a menu can have a number."""
OF_MENU = "choice"
"""Their target: the menu itself looks which key it was, for what can be chosen is another each time."""
MENU = "menu-"
"""What the scope of a menu begins with."""


def _menu(name: str, group: str, *rows: tuple[str, str, str]) -> Iterator[Action]:
    """The choices of a menu: id, key and label."""
    for choice, key, label in rows:
        yield Action(choice, (key,), label, label, group, f"{MENU}{name}", OF_MENU)


MENU_ACTIONS: tuple[Action, ...] = (
    *(
        Action(f"choice-{number}", (str(number),), f"choice {number}", f"The choice number {number}", APP,
               "menu", OF_MENU)
        for number in range(1, NUMBERED + 1)
    ),
    Action("confirm", ("y",), "yes", "Yes, do it", APP, "question", OF_MENU),
    *_menu(
        "stop", WORK,
        ("stop-turn", "i", "Interrupt"),
        ("stop-all", "s", "Stop it"),
    ),
    *_menu(
        "dispose", WORK,
        ("dispose-open", "o", "Open again"),
        ("dispose-close", "c", "Close"),
        ("dispose-archive", "a", "Archive"),
        ("dispose-remove", "r", "Remove"),
        ("dispose-unmerge", "u", "Take the merge back"),
        ("dispose-done", "d", "Task is done"),
        ("dispose-cancel", "x", "Cancel the task"),
        ("dispose-todo", "t", "Task is to do again"),
        ("dispose-edit", "e", "Edit the task"),
        ("dispose-budget", "b", "Budget"),
        ("dispose-pictures", "p", "Pictures"),
    ),
    *_menu(
        "bulk", WORK,
        ("bulk-todo", "t", "To do"),
        ("bulk-in-progress", "p", "In progress"),
        ("bulk-in-review", "r", "In review"),
        ("bulk-done", "d", "Done"),
        ("bulk-cancelled", "x", "Cancelled"),
        ("bulk-land", "l", "Land"),
        ("bulk-archive", "a", "Archive"),
        ("bulk-remove", "R", "Remove"),
    ),
    *_menu(
        "remix", WORK,
        ("remix-code", "c", "Code alone"),
        ("remix-all", "e", "Code, variables and auth files"),
    ),
    *_menu(
        "publish", WORK,
        ("publish-again", "p", "Publish anew"),
        ("publish-address", "c", "Copy the page's address"),
        ("publish-end", "u", "Take it back"),
    ),
    *_menu("repair", WORK, ("repair-now", "r", "Repair it")),
    *_menu(
        "set-up", WORK,
        ("set-up-repo", "r", "The repo's own settings"),
        ("set-up-project", "p", "Only in this project"),
    ),
    *_menu("templates", WORK, ("template-new", "n", "New template…")),
    *_menu(
        "dev", ASK,
        ("dev-copy", "c", "Copy the address"),
        ("dev-start", "r", "Start those that do not run"),
        ("dev-stop", "s", "Stop"),
    ),
    *_menu(
        "compare", REVIEW,
        ("compare-target", "t", "The target branch"),
        ("compare-turn", "l", "The last turn"),
        ("compare-uncommitted", "u", "Not committed"),
        ("compare-checkpoint", "p", "A checkpoint…"),
        ("compare-commit", "c", "A commit…"),
        ("compare-workspace", "w", "Another workspace…"),
        ("compare-all", "a", "All repositories"),
    ),
    *_menu(
        "take", REVIEW,
        ("take-into", "w", "Into another workspace"),
        ("take-onto", "b", "Onto a branch of your repository, as a commit"),
    ),
    *_menu(
        "part", REVIEW,
        ("part-lines", "l", "The marked lines"),
        ("part-hunk", "h", "The hunk"),
        ("part-file", "f", "The file"),
    ),
    *_menu(
        "update", REVIEW,
        ("update-merge", "m", "Merge"),
        ("update-rebase", "r", "Rebase"),
    ),
    *_menu("blame", REVIEW, ("blame-go", "o", "Go there in the conversation")),
    *_menu(
        "copy", VIEW,
        ("copy-line", "l", "The line"),
        ("copy-entry", "e", "The whole entry"),
        ("copy-code", "c", "The code"),
        ("copy-answer", "a", "The whole answer"),
        ("copy-path", "p", "The file's path"),
        ("copy-name", "n", "The workspace's name"),
        ("copy-branch", "b", "The branch"),
        ("copy-folder", "f", "The folder"),
        ("copy-title", "t", "The task's title"),
    ),
    *_menu(
        "notify", APP,
        ("notify-bell", "b", "The terminal's bell"),
        ("notify-osc9", "9", "The bell, and a notification by OSC 9"),
        ("notify-osc777", "7", "The bell, and a notification by OSC 777"),
        ("notify-none", "n", "Neither"),
    ),
)  # fmt: skip
