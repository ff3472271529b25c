"""Secrets by reference: resolved when an environment starts, held in memory only, covered in what is read.

A reference says where a value is: `file:PATH`, `env:NAME` (the engine's own environment) or
`command:ARGV` (run without a shell; its output is the value, such as a password manager gives it).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shlex
import stat
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from core.errors import BoatyardError, NotFoundError, UsageError
from core.runners.masking import NO_MASK, Mask
from core.values.entities import Settings

COMMAND_SECONDS = 60.0
"""How long a command may take; a password manager may have to be unlocked first."""
SIZE_LIMIT = 1024 * 1024
"""Bytes of one value."""
KINDS = ("file", "env", "command")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Resolved:
    """The values of one workspace; never written to a disk, logged or told."""

    env: dict[str, str] = field(default_factory=dict, repr=False)
    files: dict[str, bytes] = field(default_factory=dict, repr=False)
    """Contents by path below the home folder."""

    def __bool__(self) -> bool:
        return bool(self.env or self.files)


async def resolve_reference(name: str, reference: str) -> str:
    """The text that a reference leads to; the caller keeps it in memory only.

    Args:
        name: What it is, for errors.
        reference: `file:PATH`, `env:NAME` or `command:ARGV`.

    Raises:
        UsageError: It is no reference.
        NotFoundError: What it names is missing.
        BoatyardError: A command failed, or the value is no text.
    """
    _check(name, reference)
    return _text(name, await _value(name, reference))


def has_secrets(settings: Settings) -> bool:
    """Whether there is anything to resolve."""
    return bool(settings.secrets or settings.auth_files)


def check_references(secrets: dict[str, str], auth_files: dict[str, str]) -> None:
    """Refuses names, paths and references that could not be used; resolves nothing.

    Raises:
        UsageError: One is wrong.
    """
    for name, reference in secrets.items():
        if not _NAME.fullmatch(name):
            raise UsageError(
                f"{name[:40]!r} cannot be the name of a secret variable",
                hint="Use letters, digits and underscores; do not begin with a digit.",
            )
        _check(name, reference)
    for path, reference in auth_files.items():
        parts = PurePosixPath(path).parts
        if not parts or path.startswith(("/", "~")) or ".." in parts or "\0" in path or "\n" in path:
            raise UsageError(
                f"{path[:60]!r} cannot be the path of an auth file",
                hint="Give it as seen from the home folder, such as .config/tool/auth.json.",
            )
        _check(path, reference)


def _check(name: str, reference: str) -> None:
    kind, colon, rest = reference.partition(":")
    wrong = not colon or kind not in KINDS or not rest.strip() or "\0" in reference
    if not wrong and kind == "command":
        try:
            wrong = not shlex.split(rest)
        except ValueError:
            wrong = True
    if wrong:
        # What is wrong may be the secret itself, so it is not repeated.
        raise UsageError(
            f"what is given for {name[:60]!r} is no reference to a secret",
            hint="Write file:PATH, env:NAME or command:PROGRAM ARGUMENTS; never the value itself.",
        )


class Secrets:
    """What the engine knows of secrets while it runs."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, Resolved]] = {}
        self._seen: defaultdict[str, set[bytes]] = defaultdict(set)
        self._masks: dict[str, Mask] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def resolve(self, workspace: str, settings: Settings, *, anew: bool = False) -> Resolved:
        """The values of a workspace's references.

        Args:
            workspace: Its name.
            settings: They hold the references.
            anew: Whether to ask again for what is known, as at the start of an environment.

        Raises:
            NotFoundError: A file or variable is missing.
            BoatyardError: A command failed, or a value is too large or no text.
        """
        if not has_secrets(settings):
            return Resolved()
        key = json.dumps([settings.secrets, settings.auth_files], sort_keys=True)
        async with self._locks[workspace]:
            known, resolved = self._known.get(workspace, ("", Resolved()))
            if anew or known != key:
                resolved = await _resolve(settings)
                self._known[workspace] = key, resolved
                self._remember(workspace, resolved)
            return resolved

    def known_mask(self, workspace: str, settings: Settings) -> Mask | None:
        """What covers the values of a workspace, without asking for any; None while they are not known."""
        known = self._masks.get(workspace)
        return known if known is not None or has_secrets(settings) else NO_MASK

    async def mask(self, workspace: str, settings: Settings) -> Mask:
        """What covers the values of a workspace, old ones included; asks for them if none is known.

        Raises:
            BoatyardError: As `resolve`.
        """
        if not has_secrets(settings):
            return self._masks.get(workspace, NO_MASK)
        await self.resolve(workspace, settings)
        return self._masks[workspace]

    def _remember(self, workspace: str, resolved: Resolved) -> None:
        self._seen[workspace] |= {value.encode() for value in resolved.env.values()}
        for content in resolved.files.values():
            self._seen[workspace] |= _parts(content)
        self._masks[workspace] = Mask(self._seen[workspace])


def _parts(content: bytes) -> set[bytes]:
    """What of a file is secret: all of it, and each text in it if it is JSON."""
    found = {content.strip()}
    with contextlib.suppress(ValueError, RecursionError):
        waiting = [json.loads(content)]
        while waiting:
            value = waiting.pop()
            if isinstance(value, dict):
                waiting += value.values()
            elif isinstance(value, list):
                waiting += value
            elif isinstance(value, str) and len(value) >= 8:
                found.add(value.encode("utf-8", "replace"))
    return found


async def _resolve(settings: Settings) -> Resolved:
    env = {name: _text(name, await _value(name, ref)) for name, ref in settings.secrets.items()}
    return Resolved(env, {path: await _value(path, ref) for path, ref in settings.auth_files.items()})


def _text(name: str, value: bytes) -> str:
    try:
        text = value.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        raise BoatyardError(f"the secret {name} is no UTF-8 text", hint="Give it as an auth file.") from error
    if "\0" in text:
        raise BoatyardError(f"the secret {name} holds a NUL byte", hint="Give it as an auth file.")
    return text


async def _value(name: str, reference: str) -> bytes:
    kind, _, rest = reference.partition(":")
    if kind == "file":
        value = await asyncio.to_thread(_read, name, Path(rest))
    elif kind == "env":
        value = _variable(name, rest)
    else:
        value = await _run(name, shlex.split(rest))
    if len(value) > SIZE_LIMIT:
        raise BoatyardError(f"the secret {name} has more than {SIZE_LIMIT} bytes", hint="Use a smaller one.")
    return value


def _read(name: str, path: Path) -> bytes:
    try:
        with open(os.open(path.expanduser(), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise NotFoundError(f"the secret {name}: {path} is no regular file", hint="Name a file.")
            return file.read(SIZE_LIMIT + 1)
    except (OSError, RuntimeError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise NotFoundError(
            f"the secret {name} cannot be read from {path}: {why}", hint="Put the file there, then try again."
        ) from error


def _variable(name: str, variable: str) -> bytes:
    if variable not in os.environ:
        raise NotFoundError(
            f"the secret {name}: the engine's environment has no variable {variable}",
            hint=f"Set {variable}, then start the engine anew: boatyard engine stop.",
        )
    return os.fsencode(os.environ[variable])


async def _run(name: str, argv: list[str]) -> bytes:
    """The command's output; what it wrote of errors may hold secrets too, and is not repeated."""
    try:
        child = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise NotFoundError(
            f"the secret {name}: {argv[0]} cannot be run: {error.strerror}", hint="Is it installed?"
        ) from error
    try:
        async with asyncio.timeout(COMMAND_SECONDS):
            out, _ = await child.communicate()
    except TimeoutError as error:
        raise BoatyardError(
            f"the secret {name}: {argv[0]} has not ended within {COMMAND_SECONDS:g} s",
            hint="It may wait to be unlocked; do that, then try again.",
        ) from error
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        raise BoatyardError(
            f"the secret {name}: {argv[0]} ended with exit code {child.returncode}",
            hint="Run the command by hand to see why, then try again.",
        )
    return out


def shell_variables(values: dict[str, str]) -> str:
    """Shell assignments of the variables."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in sorted(values.items()))
