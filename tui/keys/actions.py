"""Every action that a key can start, as data: key bindings, footer, help and palette all read this table.

The keys here are those of a user who has chosen no others (see `tui.keys.keymap`). None is one that tmux
swallows or changes, and none that one has to hold Alt or Ctrl with punctuation for: a test holds the table
against `tui.keys.names.SWALLOWED`. The command line reads the table, too: nothing of Textual is imported
for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.binding import Binding


@dataclass(frozen=True)
class Action:
    """Something that can be done, where, and with which keys."""

    id: str
    keys: tuple[str, ...]
    label: str
    """Two or three words, as the footer shows them."""
    help: str
    group: str
    scope: str = "app"
    """Where its keys work: `app` (everywhere but in inputs), or the pane or widget named."""
    target: str = ""
    """The Textual action; empty: the app performs `id`."""
    priority: bool = False
    instead_of: str = ""
    """The action of everywhere whose key means this one here."""

    @property
    def action(self) -> str:
        return self.target or f"app.perform('{self.id}')"


MOVE, VIEW, WORK, ASK, REVIEW, APP = "Move", "Look", "Work", "Agent", "Review", "Boatyard"

ACTIONS: tuple[Action, ...] = (
    # Work
    Action("new", ("n",), "new task", "New task, in the selected project", WORK),
    Action("add-project", ("p",), "add project", "Add a project: a repository by its path", WORK),
    Action("start", ("r",), "run", "Start a workspace on the task, or try a failed set-up again", WORK),
    Action("stop", ("s",), "stop", "Stop what runs in the workspace", WORK),
    Action("dispose", ("d",), "close", "Close, finish or remove what is selected", WORK),
    Action("undo", ("z",), "undo", "Bring back what was last removed or changed", WORK),
    Action("restore", (), "restore", "Open a closed workspace again", WORK),
    Action("close", (), "close", "Close the workspace: stop its container, keep everything", WORK),
    Action("remove", (), "remove", "Remove the workspace or task", WORK),
    Action("remix", (), "remix", "A new workspace from what this one has now", WORK),
    Action("pin", (), "pin", "Keep the workspace from closing by itself, or let it again", WORK),
    Action("publish", (), "publish", "Publish a folder of the workspace; its address; take it back", WORK),
    Action("unpublish", (), "unpublish", "Take back what of the workspace is public", WORK),
    Action("archive", (), "archive", "Archive the workspace: scripts, close, hide; or show it again", WORK),
    Action("show-archived", (), "archived", "Show archived workspaces in the tree, or hide them", VIEW),
    Action("recover", (), "recover", "Bring back a removed workspace", WORK),
    Action("empty-trash", (), "empty trash", "Delete removed workspaces for good", WORK),
    Action("task-done", (), "done", "Mark the task done", WORK),
    Action("task-cancel", (), "cancel task", "Cancel the task", WORK),
    Action("task-todo", (), "to do", "Put the task back to do", WORK),
    Action("task-edit", (), "edit task", "Edit the task's title and description", WORK),
    Action("remove-project", (), "remove project", "Forget the project; its repositories stay", WORK),
    Action("templates", (), "templates", "What new workspaces can be made from", WORK),
    Action("repo-settings", (), "set-up", "Scripts and copied files of a repository", WORK),
    Action("trust-file", (), "trust file", "Read and trust a repository's own .boatyard.toml", WORK),
    # Agent
    Action("prompt", ("i",), "prompt", "Write to the agent", ASK),
    Action("allow", ("a",), "allow", "Allow what the agent asks for, once; answer its question", ASK),
    Action("allow-always", ("A",), "always", "Allow it now and from now on", ASK),
    Action("reject", ("x",), "reject", "Reject what the agent asks for", ASK),
    Action("next-waiting", ("semicolon",), "next waiting", "To the next workspace that needs you", ASK),
    Action("queue", ("Q",), "queue", "The prompts that wait: edit, order, drop, let go on", ASK),
    Action("resume", (), "go on", "Go on: a paused queue, or the last turn, which failed", ASK),
    Action("interrupt-turn", (), "interrupt", "Ask the agent to end its turn, and no more", ASK),
    Action("mode", (), "mode", "The mode that the agent works in, such as one that only plans", ASK),
    Action("sessions", (), "sessions", "The workspace's sessions, earlier ones too: read one", ASK),
    Action("rewind", ("U",), "rewind", "Take back the turn at the cursor and all later ones", ASK),
    Action("budget", (), "budget", "Budget of the task: minutes, turns, tokens, money", ASK),
    Action("project-budget", (), "budget", "Budget of the project, over all its tasks", ASK),
    Action("rules", (), "rules", "Approval rules of the project: see and take back", ASK),
    Action("shell", ("E",), "shell", "A shell in the workspace's environment", ASK),
    Action("attach", ("I",), "attach", "Into the screen of an agent that has one; ctrl+] comes back", ASK),
    Action("command", ("exclamation_mark",), "command", "Run a command here and follow its output", ASK),
    Action("dev", ("o",), "dev server", "Start the dev server, open its page, or stop it", ASK),
    # Review
    Action("merge", ("m",), "merge", "Merge the workspace into its target branch", REVIEW),
    Action("pull-request", ("P",), "pull request",
           "Push; open the workspace's pull request; its checks and comments", REVIEW),
    Action("timeline", ("t",), "timeline", "The checkpoints: look, compare, go back", REVIEW),
    Action("checkpoint", (), "checkpoint", "Keep everything as it is now as a checkpoint", REVIEW),
    Action("compare", ("B",), "base", "What the diff compares with: target, last turn, a commit, …", REVIEW),
    Action("comment", ("c",), "comment", "Comment on the line, the range or the file at the cursor", REVIEW),
    Action("comments", ("C",), "comments", "All comments: go there, resolve, edit, send", REVIEW),
    Action("take", ("T",), "take over", "Take hunk, lines or file into another workspace, or onto a branch",
           REVIEW),
    Action("update", ("u",), "update", "Bring in what is new on the target branch; resolve its conflicts",
           REVIEW),
    Action("landing", ("M",), "landing", "The landing queue: order, start, stop, reasons", REVIEW),
    Action("attempts", ("V",), "attempts", "The attempts at a task side by side; keep one of them", REVIEW),
    Action("blame", ("b",), "from where", "Which turn, prompt and tool call brought the line", REVIEW),
    Action("file-history", ("O",), "history", "What became of the file: checkpoints, turns, commits", REVIEW),
    Action("edit", ("e",), "edit", "Open the file in $EDITOR", REVIEW),
    Action("copy", ("y",), "copy", "Copy names, paths or the line at the cursor", REVIEW),
    # Look
    Action("pane-1", ("1",), "tree", "The tree of projects, tasks and workspaces", VIEW),
    Action("pane-2", ("2",), "session", "The workspace's session", VIEW),
    Action("pane-3", ("3",), "files", "The workspace's files", VIEW),
    Action("pane-4", ("4",), "diff", "The workspace's diff", VIEW),
    Action("next-pane", ("tab",), "next pane", "The next pane", VIEW, target="app.focus_next"),
    Action("previous-pane", ("shift+tab",), "previous", "The pane before", VIEW, target="app.focus_previous"),
    Action("zoom", ("plus",), "zoom", "Give the pane the whole screen", VIEW),
    Action("unzoom", ("underscore",), "unzoom", "Show the other panes again", VIEW),
    Action("grow", ("greater_than_sign",), "wider", "Make the pane in hand wider", VIEW),
    Action("shrink", ("less_than_sign",), "narrower", "Make the pane in hand narrower", VIEW),
    Action("hide-tree", ("backslash",), "tree away", "Hide the tree beside other panes, or show it", VIEW),
    Action("hide-inspector", (), "details away", "Hide the workspace's details, or show them", VIEW),
    Action("reset-layout", ("0",), "panes anew", "All panes as they were at first", VIEW),
    Action("back", ("escape",), "back", "One step back: out of zoom, to the tree", VIEW),
    Action("find", ("slash",), "find", "Find text in the pane; in output: only lines that fit, ! all others",
           VIEW),
    Action("search", ("S",), "search", "Search everything: prompts, answers, commands, output", VIEW),
    Action("grep", ("f",), "find in files", "Find text in the workspace's files", VIEW),
    Action("find-file", ("F",), "find file", "Find a file of the workspace by its path", VIEW),
    Action("find-next", ("N",), "find before", "The match before", VIEW, scope="rows", target="find(-1)"),
    # Board
    Action("board", ("6",), "board", "The board: all tasks in columns by status", VIEW),
    Action("subtask", ("ctrl+n",), "part", "New task that is a part of the selected task's attempt", WORK),
    Action("pictures", (), "pictures", "Pictures of the task: attach, take away", WORK),
    Action("column-next", ("l", "right"), "column", "The next column", MOVE, "board", "column(1)"),
    Action("column-previous", ("h", "left"), "column before", "The column before", MOVE, "board",
           "column(-1)"),
    Action("card-right", ("L", "shift+right"), "move on", "The card, or all marked, a column on", WORK,
           "board"),
    Action("card-left", ("H", "shift+left"), "move back", "The card, or all marked, a column back", WORK,
           "board"),
    Action("card-down", ("J", "shift+down"), "move down", "The card down in its column", WORK, "board"),
    Action("card-up", ("K", "shift+up"), "move up", "The card up in its column", WORK, "board"),
    Action("mark-card", ("space", "v"), "mark", "Mark the task, or not; what follows is about all marked",
           WORK, "board", "mark"),
    Action("bulk", ("b",), "all marked…", "Status or removal of all marked tasks", WORK, "board",
           instead_of="blame"),
    Action("edit-card", ("e",), "edit", "Edit the task's title and description", WORK, "board",
           instead_of="edit"),
    Action("filter", ("slash",), "filter", "Show only some: words, project:NAME, state:running, @tag", VIEW,
           "board", instead_of="find"),
    Action("show-cancelled", ("X",), "cancelled", "Show the column of cancelled tasks, or hide it", VIEW,
           "board", "cancelled"),
    # Containers
    Action("limits", (), "limits", "Limits of the workspace: processors, memory, disk, network", WORK),
    Action("refused-hosts", (), "refused hosts", "What the workspace was not let through to; allow it", WORK),
    Action("repair", (), "repair", "Repair the workspace: bring back what is missing of it", WORK),
    Action("containers", ("5",), "containers", "The containers of this home: use, stop, log, shell", VIEW),
    Action("defaults", (), "defaults", "Defaults of new workspaces: image, limits, network", APP),
    # Boatyard
    Action("settings", ("comma",), "settings", "All settings: change, undo, where each comes from", APP),
    Action("help", ("question_mark", "f1"), "help", "All keys that work here", APP),
    Action("palette", ("colon", "ctrl+p"), "palette", "Find any action, task or workspace", APP),
    Action("notifications", (), "notify", "How to be told: bell, notification, neither", APP),
    Action("mute", (), "mute", "No bell for this project, or again", APP),
    Action("theme", (), "theme", "Choose the colours", APP),
    Action("glyphs", (), "signs", "Draw signs in plain ASCII, or in Unicode again", APP),
    Action("reconnect", ("R",), "reconnect", "Connect to the engine again and read everything anew", APP),
    Action("redraw", ("ctrl+l",), "redraw", "Draw the screen again", APP),
    Action("suspend", ("ctrl+z",), "suspend", "To the shell, as any job", APP, target="app.suspend_process"),
    Action("interrupt", ("ctrl+c",), "", "Does not quit", APP),
    Action("quit", ("q",), "quit", "Leave; the engine and all agents go on", APP),
    Action("quit-now", ("ctrl+q",), "quit", "Leave from anywhere", APP, priority=True),
    # Rows: every list, log and diff
    Action("down", ("j", "down"), "down", "Down", MOVE, "rows", "cursor(1)"),
    Action("up", ("k", "up"), "up", "Up", MOVE, "rows", "cursor(-1)"),
    Action("top", ("g", "home"), "top", "To the top", MOVE, "rows", "top"),
    Action("bottom", ("G", "end"), "bottom", "To the end, and follow it", MOVE, "rows", "bottom"),
    Action("half-down", ("ctrl+d",), "half down", "Half a page down", MOVE, "rows", "half(1)"),
    Action("half-up", ("ctrl+u",), "half up", "Half a page up", MOVE, "rows", "half(-1)"),
    Action("page-down", ("pagedown", "ctrl+f"), "page down", "A page down", MOVE, "rows", "page(1)"),
    Action("page-up", ("pageup",), "page up", "A page up", MOVE, "rows", "page(-1)"),
    Action("choose", ("enter",), "open", "Open what the cursor is on", MOVE, "rows", "choose"),
    # Tree and file tree
    Action("fold", ("space",), "fold", "Fold or unfold", MOVE, "tree", "fold"),
    Action("fold-in", ("left",), "fold", "Fold, or go to what this is in", MOVE, "tree", "fold_in"),
    Action("unfold", ("right",), "unfold", "Unfold", MOVE, "tree", "unfold"),
    Action("new-file", ("n",), "new file", "Make a file; name/name makes folders, too", REVIEW, "file-tree",
           instead_of="new"),
    Action("rename-file", ("r",), "rename", "Rename or move the file or folder", REVIEW, "file-tree",
           instead_of="start"),
    Action("delete-file", ("d",), "delete", "Delete the file, or the folder with all in it", REVIEW,
           "file-tree", instead_of="dispose"),
    Action("ignored-files", ("full_stop",), "ignored", "Show what git ignores, or hide it", VIEW,
           "file-tree"),
    Action("mark", ("v",), "mark", "Mark a workspace to land; M lands those that are marked", REVIEW,
           "marks", "mark"),
    # Session
    Action("inner-next", ("right_square_bracket",), "tab", "The next tab of the session", VIEW, "session",
           "inner(1)"),
    Action("inner-previous", ("left_square_bracket",), "tab", "The tab before", VIEW, "session", "inner(-1)"),
    Action("turn-previous", ("left_curly_bracket",), "turn before", "To your prompt before", MOVE, "talk",
           "turn(-1)"),
    Action("turn-next", ("right_curly_bracket",), "next turn", "To your next prompt", MOVE, "talk",
           "turn(1)"),
    # Conversation and output
    Action("range", ("v",), "range", "Mark a range of lines; y copies it", REVIEW, "range", "range"),
    # Output
    Action("wrap", ("w",), "wrap", "Wrap long lines, or cut them off", VIEW, "log", "wrap"),
    # Diff
    Action("file-next", ("J",), "next file", "The next file", REVIEW, "diff", "file(1)"),
    Action("file-previous", ("K",), "file before", "The file before", REVIEW, "diff", "file(-1)"),
    Action("hunk-next", ("l",), "next hunk", "The next hunk", REVIEW, "diff", "hunk(1)"),
    Action("hunk-previous", ("h",), "hunk before", "The hunk before", REVIEW, "diff", "hunk(-1)"),
    Action("sideways-right", ("L",), "right", "Scroll sideways", MOVE, "wide", "sideways(1)"),
    Action("sideways-left", ("H",), "left", "Scroll back", MOVE, "wide", "sideways(-1)"),
    Action("context-more", ("right_curly_bracket",), "more context", "More lines around changes",
           REVIEW, "diff", "context(1)"),
    Action("context-less", ("left_curly_bracket",), "less context", "Fewer lines around changes",
           REVIEW, "diff", "context(-1)"),
    Action("discard", ("d",), "discard", "Discard the hunk, lines or file at the cursor", REVIEW, "diff",
           instead_of="dispose"),
    Action("reviewed", ("space",), "read", "Mark the file as read, or as not read", REVIEW, "diff",
           "reviewed"),
    Action("layout", ("vertical_line",), "layout", "Unified, side by side, or by the width", VIEW, "diff",
           "layout"),
    Action("wrap-diff", ("w",), "wrap", "Wrap long lines, or cut them off", VIEW, "diff", "wrap"),
    Action("whitespace", ("W",), "white space", "Leave out what differs in white space alone", REVIEW,
           "diff", "whitespace"),
    Action("fold-files", ("minus",), "fold all", "Fold all files", VIEW, "diff", "fold_all(True)"),
    Action("unfold-files", ("equals_sign",), "unfold all", "Unfold all files", VIEW, "diff",
           "fold_all(False)"),
    # Prompt
    Action("send", ("enter",), "send", "Send; queued while the agent works", ASK, "prompt", "submit"),
    Action("send-to", ("ctrl+t",), "other agent", "Send it to another agent, in a new session", ASK,
           "prompt", "submit_to"),
    Action("up-in-prompt", ("up",), "up", "Up; on the first line: what was sent before", ASK, "prompt",
           "step(-1)"),
    Action("down-in-prompt", ("down",), "down", "Down; on the last line: back to what is written", ASK,
           "prompt", "step(1)"),
    Action("complete", ("tab",), "insert", "Insert what is offered after @ or /", ASK, "prompt", "complete"),
    Action("unattach", ("ctrl+r",), "drop picture", "Send the last picture not along", ASK, "prompt",
           "unattach"),
    Action("newline", ("ctrl+j",), "new line", "Start a new line", ASK, "prompt", "newline"),
    Action("editor", ("ctrl+g",), "$EDITOR", "Write it in $EDITOR", ASK, "prompt", "editor"),
    Action("leave", ("escape",), "leave", "Back; the draft stays", ASK, "prompt", "leave"),
)  # fmt: skip

FOOTER: dict[str, tuple[str, ...]] = {
    "welcome": ("new", "add-project", "quit"),
    "tree": (
        "allow",
        "reject",
        "choose",
        "new",
        "start",
        "prompt",
        "pane-4",
        "merge",
        "stop",
        "dispose",
        "add-project",
    ),
    "session": (
        "allow",
        "allow-always",
        "reject",
        "prompt",
        "stop",
        "pane-4",
        "merge",
        "dispose",
        "inner-next",
        "back",
        "choose",
    ),
    "files": (
        "choose",
        "edit",
        "find-file",
        "grep",
        "new-file",
        "delete-file",
        "pane-4",
        "prompt",
        "merge",
        "copy",
        "back",
    ),
    "card": ("start", "new", "dispose", "undo", "add-project", "back"),
    "diff-files": ("choose", "compare", "comments", "merge", "prompt", "back"),
    "diff": ("hunk-next", "comment", "comments", "discard", "merge", "reviewed", "prompt", "back"),
    "board": ("choose", "new", "card-right", "mark-card", "filter", "bulk", "edit-card", "back"),
    "prompt": ("send", "newline", "leave", "editor", "send-to"),
}
"""The actions that the footer shows in each view, and in some states of one (see `tui.home.footer`), the
most wanted first; the first six that make sense."""

BY_ID: dict[str, Action] = {action.id: action for action in ACTIONS}


def no_key(action_id: str) -> str:
    """Stands for the key of an action that has none, so that it can be given one."""
    return f"none-{action_id}"


def bindings(*scopes: str) -> list[Binding]:
    """Textual's bindings of all actions of these scopes."""
    from textual.binding import Binding

    return [
        Binding(",".join(action.keys) or no_key(action.id), action.action, action.label, show=False,
                priority=action.priority, id=action.id)
        for action in ACTIONS
        if action.scope in scopes
    ]  # fmt: skip
