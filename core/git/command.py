"""The one way in which git is started.

A `Git` is bound to a place and to one of three kinds of trust, because the same command is safe in one
place and runs foreign code in another:

* `depot_git`: a bare repository of ours. No configuration but ours, no hook, no transport.
* `reader_git`: questions about the user's repository. The user's configuration counts (who owns it, who
  the user is), but nothing that a repository names is run.
* `owner_git`: the few commands that change the user's repository as the user's own git would, with its
  hooks, filters and signing.

There is no kind for a tree that a sandbox can write: on the host, git is never run in one.
Environment and configuration follow git(1), git-config(1); values named by a repository go by argument
list only, and no command line is ever put together as text.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from core.errors import BoatyardError, GitError, StorageError

DEFAULT_TIMEOUT = 120.0
"""Seconds after which a git command is ended."""
OUTPUT_LIMIT = 256 * 1024 * 1024
"""Bytes of output that `run` holds at most; what can be larger is streamed."""
CHUNK = 64 * 1024
_ERROR_TAIL = 8 * 1024
_GRACE = 5.0

_QUIET_CONFIG = {
    "core.fsmonitor": "false",
    "core.hooksPath": "/dev/null",
    "diff.external": "",
    "log.showSignature": "false",
    "gpg.program": "false",
    "commit.gpgSign": "false",
    "tag.gpgSign": "false",
    "core.alternateRefsCommand": "",
    "submodule.recurse": "false",
    "diff.ignoreSubmodules": "all",
    "credential.helper": "",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "safe.bareRepository": "explicit",
}
_QUIET_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_SSH_COMMAND": "false",
    "GIT_ASKPASS": "false",
    "SSH_ASKPASS": "false",
    "GIT_EDITOR": "false",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_PAGER": "cat",
    "LC_ALL": "C",
}
_NO_OWN_CONFIG = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
_USERS_CHOICE = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM")
UPLOAD_PACK = (
    "git -c 'safe.directory=*' -c core.fsmonitor=false -c core.hooksPath=/dev/null upload-pack --strict"
)
"""The far end of a local fetch. `--strict` keeps git from looking for a repository inside the named one;
ownership is not asked for, since nothing but objects and refs is read."""


@dataclass(frozen=True)
class Output:
    """What a git command answered."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """Standard output without the last line end, for answers that are ids and words."""
        return os.fsdecode(self.out).removesuffix("\n")


def _inherited() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def _numbered(config: Mapping[str, str]) -> dict[str, str]:
    """Configuration as environment, where values may hold anything and show in no process list."""
    numbered = {"GIT_CONFIG_COUNT": str(len(config))}
    for index, (key, value) in enumerate(config.items()):
        numbered[f"GIT_CONFIG_KEY_{index}"] = key
        numbered[f"GIT_CONFIG_VALUE_{index}"] = value
    return numbered


@dataclass(frozen=True)
class Git:
    """git at one place, under one kind of trust. Made by `depot_git`, `reader_git` or `owner_git`."""

    folder: Path
    base: Mapping[str, str]
    config: Mapping[str, str]
    extra: Mapping[str, str]
    descriptors: tuple[int, ...] = ()
    """Handed down to the command, so that what they hold stays held as long as it runs."""

    def environment(self) -> dict[str, str]:
        """The whole environment of a command."""
        return {**_inherited(), **self.base, **_numbered(self.config), **self.extra}

    def having(
        self, environment: Mapping[str, str] | None = None, *, config: Mapping[str, str] | None = None
    ) -> Git:
        """The same with more environment and configuration."""
        return replace(
            self,
            config={**self.config, **(config or {})},
            extra={**self.extra, **(environment or {})},
        )

    def without(self, *environment: str) -> Git:
        """The same without some of its environment."""
        return replace(self, base={name: self.base[name] for name in self.base if name not in environment})

    def handing_down(self, descriptor: int) -> Git:
        """The same with an open file handed down to every command."""
        return replace(self, descriptors=(*self.descriptors, descriptor))

    async def run(
        self,
        *args: str | bytes,
        stdin: bytes = b"",
        ok: Iterable[int] = (0,),
        seconds: float = DEFAULT_TIMEOUT,
    ) -> Output:
        """Runs one command to its end.

        Args:
            args: Arguments after `git`; bytes where a path need not be UTF-8.
            stdin: Given to the command as a whole.
            ok: Exit codes that are an answer and no failure.
            seconds: After which it is ended.

        Raises:
            GitError: It failed, took too long or said too much; `details` has argv, exit code, error.
            StorageError: The disk is full.
        """
        process = await self._start(args, bool(stdin))
        try:
            async with asyncio.timeout(seconds):
                out, err, _ = await asyncio.gather(_collect(process), _tail(process), _feed(process, stdin))
                code = await process.wait()
        except TimeoutError as error:
            raise _failure(args, None, f"no end after {seconds:g} s", self.folder) from error
        except _TooMuchError as error:
            raise _failure(args, None, f"more than {OUTPUT_LIMIT} bytes of output", self.folder) from error
        finally:
            await _end(process)
        if code not in ok:
            raise _failure(args, code, err, self.folder)
        return Output(code, out, err)

    async def stream(self, *args: str | bytes, stdin: bytes = b"") -> AsyncGenerator[bytes, None]:
        """Runs one command and yields its output as it comes; ends it when the caller stops asking.

        Args:
            args: Arguments after `git`.
            stdin: Given to the command as a whole, while its output is read.

        Raises:
            GitError: It failed, told after everything that it wrote.
        """
        process = await self._start(args, bool(stdin))
        errors = asyncio.create_task(_tail(process))
        feeding = asyncio.create_task(_feed(process, stdin))
        try:
            assert process.stdout is not None
            while chunk := await process.stdout.read(CHUNK):
                yield chunk
            code, err = await process.wait(), await errors
        finally:
            await _end(process)
            await asyncio.gather(errors, feeding)
        if code:
            raise _failure(args, code, err, self.folder)

    @contextlib.asynccontextmanager
    async def asking(self, *args: str | bytes) -> AsyncIterator[Callable[[bytes], Awaitable[str]]]:
        """Starts a command that answers what it is told line by line; its input ends when the caller leaves.

        Gives what tells it something and returns its next line.

        Args:
            args: Arguments after `git`.

        Raises:
            GitError: Instead of answering it failed, or it took too long.
        """
        process = await self._start(args, True)
        errors = asyncio.create_task(_tail(process))

        async def ask(told: bytes) -> str:
            assert process.stdin is not None and process.stdout is not None
            try:
                async with asyncio.timeout(DEFAULT_TIMEOUT):
                    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                        process.stdin.write(told)
                        await process.stdin.drain()
                    if line := await process.stdout.readline():
                        return os.fsdecode(line).removesuffix("\n")
                    raise _failure(args, await process.wait(), await errors, self.folder)
            except TimeoutError as error:
                said = f"no answer after {DEFAULT_TIMEOUT:g} s"
                raise _failure(args, None, said, self.folder) from error

        try:
            yield ask
        finally:
            await _hang_up(process)
            await asyncio.gather(errors)

    async def _start(self, args: tuple[str | bytes, ...], has_input: bool) -> asyncio.subprocess.Process:
        if not await asyncio.to_thread(self.folder.is_dir):
            raise GitError(
                f"the folder {self.folder} is gone", hint="Put it back, or remove what refers to it."
            )
        starting = asyncio.ensure_future(self._spawn(args, has_input))
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            # asyncio would kill git alone, and not what git has started by then.
            await _end_when_started(starting)
            raise

    async def _spawn(self, args: tuple[str | bytes, ...], has_input: bool) -> asyncio.subprocess.Process:
        try:
            return await asyncio.create_subprocess_exec(
                "git",
                *args,
                cwd=self.folder,
                env=self.environment(),
                stdin=asyncio.subprocess.PIPE if has_input else asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,
                pass_fds=self.descriptors,
            )
        except FileNotFoundError as error:
            raise GitError(
                "git is not installed, or not on the PATH", hint="Install git 2.39 or newer."
            ) from error
        except OSError as error:
            raise GitError(
                f"git cannot be started: {error.strerror}", hint="Look at the limits of the machine."
            ) from error


def depot_git(path: Path) -> Git:
    """git in a bare repository that only the engine writes."""
    return Git(path, {**_QUIET_ENVIRONMENT, **_NO_OWN_CONFIG, "GIT_DIR": str(path)}, dict(_QUIET_CONFIG), {})


def _users_choice() -> dict[str, str]:
    return {name: os.environ[name] for name in _USERS_CHOICE if name in os.environ}


def reader_git(folder: Path) -> Git:
    """git for questions in a repository of the user: the user's configuration, but nothing is run."""
    config = {key: value for key, value in _QUIET_CONFIG.items() if key != "safe.bareRepository"}
    return Git(folder, {**_QUIET_ENVIRONMENT, **_users_choice()}, config, {})


def owner_git(folder: Path) -> Git:
    """git as the user has it, hooks and filters included, that never asks and never collects garbage."""
    environment = {"GIT_TERMINAL_PROMPT": "0", "GIT_EDITOR": "false"}
    config = {"gc.auto": "0", "maintenance.auto": "false", "fetch.writeCommitGraph": "false"}
    return Git(folder, {**environment, **_users_choice()}, config, {})


class _TooMuchError(Exception):
    """A command wrote more than may be held in memory."""


async def _collect(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout is not None
    parts: list[bytes] = []
    size = 0
    while chunk := await process.stdout.read(CHUNK):
        size += len(chunk)
        if size > OUTPUT_LIMIT:
            raise _TooMuchError
        parts.append(chunk)
    return b"".join(parts)


async def _tail(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    tail = b""
    while chunk := await process.stderr.read(CHUNK):
        tail = (tail + chunk)[-_ERROR_TAIL:]
    return tail.decode("utf-8", "backslashreplace").strip()


async def _feed(process: asyncio.subprocess.Process, data: bytes) -> None:
    if process.stdin is None:
        return
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(data)
        await process.stdin.drain()
    process.stdin.close()
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        await process.stdin.wait_closed()


def _signal(process: asyncio.subprocess.Process, number: int) -> None:
    """To the whole group: a fetch has a far end of its own."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


async def _end_when_started(starting: asyncio.Future[asyncio.subprocess.Process]) -> None:
    """Ends a command whose caller was cancelled before it had the command in hand."""
    with contextlib.suppress(BoatyardError):  # it did not start: nothing to end
        await _end(await starting)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ends a command that has not ended; politely first, for then git takes its lock files away."""
    if process.returncode is not None:
        return
    _signal(process, signal.SIGTERM)
    try:
        async with asyncio.timeout(_GRACE):
            await _drain(process)
    except TimeoutError:
        _signal(process, signal.SIGKILL)
        await process.wait()


async def _hang_up(process: asyncio.subprocess.Process) -> None:
    """Ends a command's input, at which it ends by itself and takes its lock files away; else ends it."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GRACE):
                await _drain(process)
    finally:
        await _end(process)


async def _drain(process: asyncio.subprocess.Process) -> None:
    """Reads away what is left, so that a command blocked on its output can see the signal and end."""
    assert process.stdout is not None
    while await process.stdout.read(CHUNK):
        pass
    await process.wait()


_DISK_WORDS = ("No space left on device", "Disk quota exceeded", "unable to write file", "write error")
"""What git says of a full disk; writing a file of a checkout, it does not pass the system's reason on."""


def _failure(args: Iterable[str | bytes], code: int | None, err: str, folder: Path) -> BoatyardError:
    argv = ["git", *(os.fsdecode(arg).encode("utf-8", "backslashreplace").decode() for arg in args)]
    details = {"argv": argv, "exit_code": code, "stderr": err}
    if any(words in err for words in _DISK_WORDS):
        return StorageError(
            f"the disk of {folder} is full or failing: git {argv[1]} could not write",
            hint="Free some space and try again.",
            details=details,
        )
    reason = next((line for line in reversed(err.splitlines()) if line.strip()), f"exit code {code}")
    return GitError(f"git {argv[1]} failed in {folder}: {reason}", hint=_hint(err), details=details)


def _hint(err: str) -> str:
    if "dubious ownership" in err:
        return "The repository belongs to another user: allow it with `git config --global safe.directory`."
    if ".lock" in err and "File exists" in err:
        return "Another git command is at work, or died there: wait for it, or remove its .lock file."
    return "The details have the command and everything it said."
