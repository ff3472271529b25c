"""The demonstration agent: a real Agent Client Protocol agent without a model behind it.

It does what a coding agent does, so that everything around one can be tried and tested without network or
account: it plans, asks for permission, edits the files named in its prompt, commits, and remembers the
session. What it writes follows from the prompt alone.

One file, the standard library, Python 3.9 or later: a container runs it with its own `python3`.

Words in the prompt that change what it does: `slowly` (about twenty seconds of output first) and `fail`
(the prompt is answered with an error). `BOATYARD_DEMO_PACE` is its pause between two pieces of output, in
seconds.

Sessions are kept in the git directory of the first repository, never in a worktree, so that they live as
long as the workspace does; without a repository, in the user's state folder.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

NAME = "boatyard-demo-agent"
VERSION = "1"
INTRODUCTION = "I am Boatyard's demonstration agent: there is no model behind me, and what I write is canned."
FILES_AT_ONCE = 5
FILE_LIMIT = 2**20
SLOW_LINES = 400
SLOW_SECONDS = 20.0
COMMENTS = {
    "#": "py sh bash toml yaml yml rb pl r cfg conf mk dockerfile gitignore",
    "//": "js ts jsx tsx go rs c h cc cpp hpp java kt swift cs scala zig",
    "--": "sql lua hs",
    ";": "ini el lisp asm",
    "<!-- -->": "html htm xml svg",
    "/* */": "css scss less",
    "- ": "md markdown rst txt adoc",
}
"""How a line of prose is written into a file, by the file's suffix."""

STYLE = {suffix: style for style, suffixes in COMMENTS.items() for suffix in suffixes.split()}
WORD = re.compile(r"[^\s`\"'<>()\[\]{},;:!?*|]+")


class Cancelled(Exception):
    """The client wants the turn to end, or is gone."""


class RpcError(Exception):
    """Goes back to the client as the error of its request."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Wire:
    """JSON-RPC over standard input and output, one message a line."""

    def __init__(self) -> None:
        self._state = threading.Condition()
        self._write = threading.Lock()
        self._replies: dict[int, dict[str, Any]] = {}
        self._next = 0
        self.closed = False

    def send(self, message: dict[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n"
        with self._write:
            try:
                sys.stdout.buffer.write(data)
                sys.stdout.buffer.flush()
            except OSError:
                os._exit(1)  # nobody reads any more, and Python would fail again when it flushes at exit

    def notify(self, method: str, params: dict[str, Any]) -> None:
        self.send({"method": method, "params": params})

    def ask(self, method: str, params: dict[str, Any], cancelled: threading.Event) -> dict[str, Any]:
        """Sends a request and waits for its reply."""
        with self._state:
            self._next += 1
            number = self._next
        self.send({"id": number, "method": method, "params": params})
        with self._state:
            self._state.wait_for(lambda: number in self._replies or cancelled.is_set() or self.closed)
            if number not in self._replies:
                raise Cancelled
            return self._replies.pop(number)

    def reply_came(self, message: dict[str, Any]) -> None:
        number = message.get("id")
        with self._state:
            if isinstance(number, int) and 0 < number <= self._next:
                self._replies[number] = message
            self._state.notify_all()

    def wake(self, *, closed: bool = False) -> None:
        """Lets whoever waits look whether it was cancelled."""
        with self._state:
            self.closed = self.closed or closed
            self._state.notify_all()


# ----------------------------------------------------------------------------------------- repositories


def git_directory(folder: Path) -> Path | None:
    """The git directory of a worktree's top folder, without git's help."""
    dot_git = folder / ".git"
    try:
        if dot_git.is_dir():
            return dot_git
        if dot_git.is_file():
            text = dot_git.read_text(encoding="utf-8", errors="replace")
            if text.startswith("gitdir:"):
                return (folder / text[len("gitdir:") :].strip()).resolve()
    except OSError:
        return None  # not to be read: as good as no repository
    return None


def first_repository(cwd: Path) -> Path | None:
    """The repository to work in: the folder itself, else the first of several in it, else one around it."""
    if git_directory(cwd):
        return cwd
    try:
        children = sorted(child for child in cwd.iterdir() if child.is_dir())
    except OSError:
        children = []
    for folder in [*children, *cwd.parents]:
        if git_directory(folder):
            return folder
    return None


def repository_of(path: Path) -> Path | None:
    """The repository that a file is in."""
    return next((folder for folder in path.parents if git_directory(folder)), None)


def git(repository: Path, *arguments: str, stdin: str = "") -> tuple[int, str]:
    """Runs git without any way to ask a person; returns its exit code and what it said."""
    environment = {
        **os.environ,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_EDITOR": "true",
        "GIT_LITERAL_PATHSPECS": "1",
    }
    command = ["git", "-C", str(repository), "-c", "commit.gpgSign=false"]
    try:
        if arguments[0] == "commit" and not _has_identity(command, environment):
            command += ["-c", "user.name=Boatyard demo agent", "-c", "user.email=demo@boatyard.invalid"]
        done = subprocess.run(
            [*command, *arguments], input=stdin.encode("utf-8", "replace"), env=environment, timeout=60,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return 127, f"git cannot be run: {error}"
    return done.returncode, done.stdout.decode("utf-8", "replace").strip()


def _has_identity(command: list[str], environment: dict[str, str]) -> bool:
    asked = subprocess.run(
        [*command, "var", "GIT_COMMITTER_IDENT"], env=environment, timeout=60, check=False,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return asked.returncode == 0


# ---------------------------------------------------------------------------------------------- prompts


class Choice:
    """The files that a prompt names, and the words that look like files but may not be touched."""

    def __init__(self) -> None:
        self.files: list[Path] = []
        self.refused: list[str] = []


def chosen_files(prompt: str, cwd: Path, fallback: Path | None) -> Choice:
    """Which files to edit; with none named, the fallback, else NOTES.md."""
    choice = Choice()
    base = first_repository(cwd) or cwd
    base = base if _within(base, cwd) else cwd
    for word in WORD.findall(prompt):
        word = word.rstrip(".")
        path = _existing(word, cwd, base) or _new(word, base)
        if path is None or path in choice.files or word in choice.refused:
            continue
        if not _within(path, cwd) or ".git" in path.parts:
            choice.refused.append(word)
        elif len(choice.files) < FILES_AT_ONCE:
            choice.files.append(path)
    if not choice.files and not choice.refused:
        choice.files.append(fallback if fallback and _within(fallback, cwd) else base / "NOTES.md")
    return choice


def _existing(word: str, cwd: Path, base: Path) -> Path | None:
    for root in (cwd, base):
        try:
            if word and (root / word).is_file():
                return Path(os.path.normpath(root / word))
        except (OSError, ValueError):
            return None  # too long for a path, or with a NUL byte: just a word
    return None


def _new(word: str, base: Path) -> Path | None:
    name = word.rpartition("/")[2]
    stem, dot, suffix = name.rpartition(".")
    if (
        not dot
        or not re.search(r"\w", stem)
        or suffix.lower() not in STYLE
        or len(word) > 200
        or "\0" in word
    ):
        return None
    return Path(os.path.normpath(base / word))


def _within(path: Path, folder: Path) -> bool:
    """Whether the path, with all links followed, is in the folder."""
    try:
        return os.path.commonpath([os.path.realpath(path), os.path.realpath(folder)]) == os.path.realpath(
            folder
        )
    except (OSError, ValueError):
        return False


def first_line(prompt: str) -> str:
    line = next((line.strip(" #") for line in prompt.splitlines() if line.strip(" #")), "nothing")
    return re.sub(r"[\x00-\x1f\x7f]+", " ", line)[:100].strip()


def styled(line: str, path: Path) -> str | None:
    """The line as a comment of the file's language; None where there are no comments."""
    style = STYLE.get(path.suffix[1:].lower() or path.name.lower().lstrip("."), None)
    if style is None:
        return None
    opening, space, closing = style.partition(" ")
    if closing:
        return f"{opening} {line.replace('--', '- -').replace('*/', '* /')} {closing}"
    return f"{style if space else style + ' '}{line}"


class Edit:
    """A file before and after, or the reason why it is left alone."""

    def __init__(self, path: Path, line: str) -> None:
        self.path = path
        self.problem = ""
        self.old: str | None = None
        self.new = ""
        try:
            self._work_out(line)
        except (OSError, UnicodeDecodeError) as error:
            self.problem = f"it cannot be read as text ({error.__class__.__name__})"

    def _work_out(self, line: str) -> None:
        if self.path.exists():
            if self.path.stat().st_size > FILE_LIMIT:
                self.problem = "it is too large for a demonstration"
                return
            with open(self.path, encoding="utf-8", newline="") as file:
                self.old = file.read()
        comment = styled(line, self.path)
        if comment is None or "\0" in (self.old or ""):
            self.problem = "I know no way to write a comment into such a file"
            return
        end = "\r\n" if self.old and "\r\n" in self.old else "\n"
        before = self.old or (f"# Notes{end}{end}" if self.path.name == "NOTES.md" else "")
        if before and not before.endswith("\n"):
            before += end
        if comment in before.splitlines():
            self.problem = "it says so already"
            return
        self.new = before + comment + end

    def write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with open(self.path, "w", encoding="utf-8", newline="") as file:
            file.write(self.new)


# --------------------------------------------------------------------------------------------- sessions


class Session:
    """A conversation: where it works and what was said in it, kept in a file."""

    def __init__(self, session_id: str, cwd: Path) -> None:
        self.id = session_id
        self.cwd = cwd
        self.turns: list[dict[str, str]] = []
        self.allowed = False
        """Whether the user allowed all edits of this session."""
        self.last_file = ""
        self.cancelled = threading.Event()
        self.worker: threading.Thread | None = None
        self.at_work = False
        """Ends before the answer is sent, and the worker after it."""

    def save(self) -> None:
        folder = sessions_folder(self.cwd)
        document = {"turns": self.turns, "allowed": self.allowed, "last_file": self.last_file}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            part = folder / f".{self.id}.part"
            part.write_text(json.dumps(document), encoding="utf-8")
            part.replace(folder / f"{self.id}.json")
        except OSError as error:
            print(f"{NAME}: the session cannot be kept: {error}", file=sys.stderr)

    @classmethod
    def load(cls, session_id: str, cwd: Path) -> Session:
        if not re.fullmatch(r"[0-9a-f-]{36}", session_id):
            raise RpcError(-32602, "no session has such an id")
        try:
            text = (sessions_folder(cwd) / f"{session_id}.json").read_text(encoding="utf-8")
            document = json.loads(text)
        except (OSError, ValueError) as error:
            raise RpcError(-32002, f"the session {session_id} is not known here") from error
        session = cls(session_id, cwd)
        session.turns, session.allowed = document["turns"], document["allowed"]
        session.last_file = document["last_file"]
        return session


def sessions_folder(cwd: Path) -> Path:
    repository = first_repository(cwd)
    directory = git_directory(repository) if repository else None
    if directory is not None:
        return directory / NAME
    state = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return Path(state) / NAME


# ------------------------------------------------------------------------------------------------ turns


class Turn:
    """One prompt, worked through step by step."""

    def __init__(self, wire: Wire, session: Session, prompt: str, pace: float) -> None:
        self.wire = wire
        self.session = session
        self.prompt = prompt
        self.pace = pace
        self.said = ""
        self.steps: list[list[str]] = []

    def run(self) -> str:
        """Returns the stop reason."""
        try:
            self._work()
            reason = "end_turn"
        except Cancelled:
            reason = "cancelled"
        self.session.turns.append({"prompt": self.prompt, "answer": self.said})
        self.session.save()
        return reason

    def _work(self) -> None:
        session = self.session
        fallback = Path(session.last_file) if session.last_file else None
        choice = chosen_files(self.prompt, session.cwd, fallback)
        self._think(f"The prompt names {len(choice.files)} file(s). One line goes into each of them.")
        self._introduce()
        self._plan([*(f"Change {self._short(path)}" for path in choice.files), "Commit the change"])
        if re.search(r"\bslowly\b", self.prompt, re.I):
            self._dawdle()
        for word in choice.refused:
            self._say(f"\n`{word}` is outside of the folder that I may work in, so I leave it alone.\n")
        edited = [path for number, path in enumerate(choice.files) if self._change(number, path)]
        self._step(len(choice.files), "in_progress")
        commits = self._commit(edited)
        self._step(len(choice.files), "completed")
        self._sum_up(edited, commits)

    def _introduce(self) -> None:
        text = INTRODUCTION
        earlier = [first_line(turn["prompt"]) for turn in self.session.turns]
        if earlier:
            text += f" Earlier you asked: \u201c{earlier[-1]}\u201d."
        self._say(f"{text} Now you ask: \u201c{first_line(self.prompt)}\u201d.\n")

    def _line(self) -> str:
        number = len(self.session.turns)
        return first_line(self.prompt) + (f" (follow-up {number})" if number else "")

    def _change(self, number: int, path: Path) -> bool:
        """Edits one file, if the user allows it."""
        self._step(number, "in_progress")
        edit = Edit(path, self._line())
        if edit.old is not None:
            self._read(path, edit.old)
        if edit.problem:
            self._say(f"\nI leave `{self._short(path)}` alone: {edit.problem}.\n")
        changed = not edit.problem and self._write(edit)
        self._step(number, "completed")
        return changed

    def _read(self, path: Path, text: str) -> None:
        call = self._tool("read", f"Read {self._short(path)}", path)
        self._tool_update(call, "completed", [_text(text[:2000])])

    def _write(self, edit: Edit) -> bool:
        title = f"{'Edit' if edit.old is not None else 'Create'} {self._short(edit.path)}"
        diff = {"type": "diff", "path": str(edit.path), "oldText": edit.old, "newText": edit.new}
        call = self._tool("edit", title, edit.path, [diff], status="pending")
        try:
            allowed = self._may_edit(call, title, edit.path, diff)
        except Cancelled:
            self._tool_update(call, "failed", [diff])
            raise
        if not allowed:
            self._tool_update(call, "failed", [diff, _text("The user did not allow this.")])
            self._say(f"\nYou did not allow it, so `{self._short(edit.path)}` stays as it was.\n")
            return False
        self._tool_update(call, "in_progress", [diff])
        try:
            edit.write()
        except OSError as error:
            self._tool_update(call, "failed", [diff, _text(str(error))])
            self._say(f"\n`{self._short(edit.path)}` could not be written: {error.strerror}.\n")
            return False
        self.session.last_file = str(edit.path)
        self._tool_update(call, "completed", [diff])
        return True

    def _may_edit(self, call: str, title: str, path: Path, diff: dict[str, Any]) -> bool:
        if self.session.allowed:
            return True
        self._pause()
        reply = self.wire.ask(
            "session/request_permission",
            {
                "sessionId": self.session.id,
                "toolCall": {
                    "toolCallId": call, "title": title, "kind": "edit", "status": "pending",
                    "content": [diff], "locations": [{"path": str(path)}],
                },
                "options": [
                    {"optionId": "allow-once", "name": "Allow", "kind": "allow_once"},
                    {"optionId": "allow-always", "name": "Allow all edits", "kind": "allow_always"},
                    {"optionId": "reject-once", "name": "Reject", "kind": "reject_once"},
                ],
            },
            self.session.cancelled,
        )  # fmt: skip
        outcome = (reply.get("result") or {}).get("outcome") or {}
        if outcome.get("outcome") == "cancelled":
            raise Cancelled
        option = outcome.get("optionId")
        self.session.allowed = option == "allow-always"
        return option in ("allow-once", "allow-always")

    def _commit(self, edited: list[Path]) -> int:
        """Commits per repository; returns how many commits were made."""
        made = 0
        for repository in dict.fromkeys(repository_of(path) for path in edited):
            if repository is None:
                continue
            files = [
                str(path.relative_to(repository)) for path in edited if repository_of(path) == repository
            ]
            call = self._tool(
                "execute", "git commit", None, raw={"command": f"git commit -- {' '.join(files)}"}
            )
            code, said = git(repository, "add", "--", *files)
            if code == 0:
                message = f"Demo: {first_line(self.prompt)[:64]}\n"
                code, said = git(repository, "commit", "-F", "-", "--", *files, stdin=message)
            self._tool_update(call, "completed" if code == 0 else "failed", [_text(said[-2000:])])
            made += code == 0
        return made

    def _sum_up(self, edited: list[Path], commits: int) -> None:
        names = ", ".join(f"`{self._short(path)}`" for path in edited)
        if not edited:
            text = "I changed nothing, and there is nothing to commit."
        elif commits:
            text = f"**Done.** I changed {names} and committed it."
        else:
            text = f"I changed {names}, but it is not committed."
        self._say(f"\n{text}\n")

    def _dawdle(self) -> None:
        """Writes much, slowly."""
        for number in range(1, SLOW_LINES + 1):
            self._update("agent_message_chunk", content={"type": "text", "text": f"\n{number:4} {'~' * 60}"})
            self._pause(SLOW_SECONDS / SLOW_LINES)

    # What the client is told

    def _short(self, path: Path) -> str:
        try:
            return str(path.relative_to(self.session.cwd))
        except ValueError:
            return str(path)

    def _update(self, update_kind: str, /, **fields: Any) -> None:
        update = {"sessionUpdate": update_kind, **fields}
        self.wire.notify("session/update", {"sessionId": self.session.id, "update": update})

    def _stream(self, kind: str, text: str) -> None:
        for start in range(0, len(text), 48):
            self._update(kind, content={"type": "text", "text": text[start : start + 48]})
            self._pause()

    def _say(self, text: str) -> None:
        self._stream("agent_message_chunk", text)
        self.said += text

    def _think(self, text: str) -> None:
        self._stream("agent_thought_chunk", text)

    def _plan(self, steps: list[str]) -> None:
        self.steps = [[step, "pending"] for step in steps]
        self._send_plan()

    def _step(self, number: int, status: str) -> None:
        self.steps[number][1] = status
        self._send_plan()

    def _send_plan(self) -> None:
        entries = [{"content": step, "status": status, "priority": "medium"} for step, status in self.steps]
        self._update("plan", entries=entries)
        self._pause()

    def _tool(
        self, kind: str, title: str, path: Path | None, content: list[dict[str, Any]] | None = None,
        status: str = "in_progress", raw: dict[str, Any] | None = None,
    ) -> str:  # fmt: skip
        call = uuid.uuid4().hex
        extra = {"rawInput": raw} if raw else {}
        self._update(
            "tool_call", toolCallId=call, title=title, kind=kind, status=status, content=content or [],
            locations=[{"path": str(path)}] if path else [], **extra,
        )  # fmt: skip
        self._pause()
        return call

    def _tool_update(self, call: str, status: str, content: list[dict[str, Any]]) -> None:
        self._update("tool_call_update", toolCallId=call, status=status, content=content)

    def _pause(self, seconds: float | None = None) -> None:
        if self.session.cancelled.wait(self.pace if seconds is None else seconds) or self.wire.closed:
            raise Cancelled


def _text(text: str) -> dict[str, Any]:
    return {"type": "content", "content": {"type": "text", "text": text}}


# ------------------------------------------------------------------------------------------------ agent


class Agent:
    """Answers the client's requests."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.sessions: dict[str, Session] = {}
        self.pace = _pace()

    def serve(self) -> None:
        """Reads requests until standard input ends."""
        for line in sys.stdin.buffer:
            try:
                message = json.loads(line)
            except (ValueError, RecursionError):
                if line.strip():
                    self.wire.send({"id": None, "error": {"code": -32700, "message": "this is no JSON"}})
                continue
            if isinstance(message, dict):
                self._take(message)
        self._end()

    def _end(self) -> None:
        """The client is gone: running turns stop at their next step, so that no git command is torn."""
        self.wire.wake(closed=True)
        deadline = time.monotonic() + 5
        for session in self.sessions.values():
            session.cancelled.set()
            if session.worker is not None:
                session.worker.join(max(0.0, deadline - time.monotonic()))

    def _take(self, message: dict[str, Any]) -> None:
        method = message.get("method")
        if not isinstance(method, str):
            self.wire.reply_came(message)
            return
        given = message.get("params")
        params: dict[str, Any] = given if isinstance(given, dict) else {}
        if "id" not in message:
            if method == "session/cancel":
                self._cancel(params)
            return
        self._answer(message["id"], lambda: self._serve(method, params, message["id"]))

    def _answer(self, number: Any, work: Callable[[], dict[str, Any] | None]) -> None:
        try:
            result = work()
        except RpcError as error:
            self.wire.send({"id": number, "error": {"code": error.code, "message": str(error)}})
            return
        except (KeyError, TypeError, ValueError, OSError) as error:
            told = f"the request cannot be served: {error!r}"
            self.wire.send({"id": number, "error": {"code": -32602, "message": told}})
            return
        if result is not None:
            self.wire.send({"id": number, "result": result})

    def _serve(self, method: str, params: dict[str, Any], number: Any) -> dict[str, Any] | None:
        """The result of a request; None when a turn sends it later."""
        if method == "initialize":
            return {
                "protocolVersion": 1,
                "agentCapabilities": {"loadSession": True, "promptCapabilities": {}},
                "agentInfo": {"name": NAME, "title": "Demo agent (no model)", "version": VERSION},
                "authMethods": [],
            }
        if method == "session/new":
            session = Session(str(uuid.uuid4()), _folder(params))
            self.sessions[session.id] = session
            return {"sessionId": session.id}
        if method == "session/load":
            return self._load(params)
        if method == "session/prompt":
            self._prompt(params, number)
            return None
        raise RpcError(-32601, f"{method} is not known")

    def _load(self, params: dict[str, Any]) -> dict[str, Any]:
        session = Session.load(str(params["sessionId"]), _folder(params))
        self.sessions[session.id] = session
        for turn in session.turns:
            for kind, text in (("user_message_chunk", "prompt"), ("agent_message_chunk", "answer")):
                update = {"sessionUpdate": kind, "content": {"type": "text", "text": turn[text]}}
                self.wire.notify("session/update", {"sessionId": session.id, "update": update})
        return {}

    def _prompt(self, params: dict[str, Any], number: Any) -> None:
        session = self.sessions.get(str(params.get("sessionId")))
        if session is None:
            raise RpcError(-32002, "there is no such session")
        if session.at_work:
            raise RpcError(-32600, "a prompt of this session is still being worked on")
        texts = [block["text"] for block in params["prompt"] if block.get("type") == "text"]
        prompt = "\n".join(texts)
        if re.search(r"\bfail\b", prompt, re.I):
            raise RpcError(-32603, "the prompt holds the word \u201cfail\u201d, so this demonstration fails")
        session.cancelled.clear()
        turn = Turn(self.wire, session, prompt, self.pace)
        session.at_work = True
        session.worker = threading.Thread(
            target=self._answer, args=(number, lambda: _play(turn, session)), daemon=True
        )
        session.worker.start()

    def _cancel(self, params: dict[str, Any]) -> None:
        session = self.sessions.get(str(params.get("sessionId")))
        if session is not None:
            session.cancelled.set()
            self.wire.wake()


def _play(turn: Turn, session: Session) -> dict[str, Any]:
    """A turn to its end: when its answer is read, the next prompt may follow at once."""
    try:
        return {"stopReason": turn.run()}
    finally:
        session.at_work = False


def _folder(params: dict[str, Any]) -> Path:
    cwd = Path(str(params["cwd"]))
    if not cwd.is_absolute() or not cwd.is_dir():
        raise RpcError(-32602, "cwd must be the absolute path of a folder")
    return cwd


def _pace() -> float:
    try:
        return min(10.0, max(0.0, float(os.environ.get("BOATYARD_DEMO_PACE", "0.15"))))
    except ValueError:
        return 0.15


if __name__ == "__main__":
    Agent(Wire()).serve()
