"""What a repository's `devcontainer.json` asks for, as far as a workspace can give it.

Taken over: `image`, `build` (or `dockerFile`), `containerEnv`, `remoteUser` (or `containerUser`: the name
and its home folder, not its numbers), `postCreateCommand`, `forwardPorts`, and `mounts` of type `tmpfs` and
`volume` (a volume becomes a folder of the workspace). All else is named, so that nobody wonders; nothing of
it is ever run on the host. The format is that of containers.dev.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from dataclasses import dataclass, field
from typing import Any

from core.errors import UsageError
from core.lifecycle.jsonc import parse_jsonc

PATHS = (".devcontainer/devcontainer.json", ".devcontainer.json")
SIZE_LIMIT = 1024 * 1024
_HONOURED = frozenset({
    "$schema", "name", "image", "build", "dockerFile", "context", "containerEnv", "remoteEnv",
    "postCreateCommand", "forwardPorts", "mounts", "workspaceFolder", "init", "shutdownAction",
    "customizations", "settings", "extensions", "portsAttributes", "otherPortsAttributes",
    "updateRemoteUserUID", "overrideCommand", "waitFor", "remoteUser", "containerUser",
})  # fmt: skip
"""Keys that are taken over, or that say nothing to a workspace."""
_REASONS = {
    "initializeCommand": "it would run on this machine",
    "runArgs": "containers are always locked down the same way",
    "privileged": "containers are always locked down the same way",
    "capAdd": "containers are always locked down the same way",
    "securityOpt": "containers are always locked down the same way",
    "features": "put what it installs into a Dockerfile",
    "dockerComposeFile": "only single containers are made",
}
_LOGIN = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
"""Names of users that systems take (useradd(8))."""
_RESERVED = re.compile(r"/+(boatyard|proc|sys|dev)?/")
"""Beginnings of paths that containers have their own things at."""
_VARIABLE = re.compile(r"\$\{([A-Za-z]+)(?::([^}:]*))?(?::([^}]*))?\}")


@dataclass(frozen=True)
class Build:
    """A Dockerfile of a repository; paths as seen from the repository's top."""

    dockerfile: str
    context: str = ""
    args: dict[str, str] = field(default_factory=dict)
    target: str = ""


@dataclass(frozen=True)
class DevContainer:
    """What is taken over."""

    image: str = ""
    build: Build | None = None
    env: dict[str, str] = field(default_factory=dict)
    post_create: str = ""
    """A shell script."""
    ports: tuple[int, ...] = ()
    mounts: tuple[tuple[str, str], ...] = ()
    """Name of a folder of the workspace (empty: a tmpfs), and where the container sees it."""
    login: str = ""
    """Name of the user that processes run as."""
    unsupported: tuple[str, ...] = ()
    """What is not, and why."""


def parse_devcontainer(text: str, path: str, folder: str) -> DevContainer:
    """Reads a file.

    Args:
        text: Its content.
        path: Where it is in the repository.
        folder: Where the container sees the repository.

    Raises:
        UsageError: It is no such file; the message names what is wrong.
    """
    try:
        document = parse_jsonc(text)
    except ValueError as error:
        raise _wrong(path, str(error)) from error
    if not isinstance(document, dict):
        raise _wrong(path, "it holds no object")
    return _Reader(document, path, folder).read()


class _Reader:
    """One file."""

    def __init__(self, document: dict[str, Any], path: str, folder: str) -> None:
        self._document = document
        self._path = path
        self._folder = folder
        self._unsupported: list[str] = []

    def read(self) -> DevContainer:
        for key in self._document:
            if key not in _HONOURED:
                self._leave(key, _REASONS.get(key, "it is not supported"))
        env = {**self._texts("remoteEnv"), **self._texts("containerEnv")}
        return DevContainer(
            image=self._expanded(self._text(self._document, "image")),
            build=self._build(),
            env={name: self._expanded(value) for name, value in env.items()},
            post_create=self._expanded(self._command("postCreateCommand")),
            ports=tuple(self._ports()),
            mounts=tuple(filter(None, map(self._mount, self._list("mounts")))),
            login=self._login(),
            unsupported=tuple(self._unsupported),
        )

    def _leave(self, what: str, why: str) -> None:
        self._unsupported.append(f"{what}: {why}")

    def _text(self, where: dict[str, Any], key: str) -> str:
        value = where.get(key, "")
        if not isinstance(value, str) or "\0" in value:
            raise _wrong(self._path, f"{key} is no text")
        return value

    def _list(self, key: str) -> list[Any]:
        value = self._document.get(key, [])
        if not isinstance(value, list):
            raise _wrong(self._path, f"{key} is no list")
        return value

    def _texts(self, key: str) -> dict[str, str]:
        value = self._document.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(text, str | None) for text in value.values()):
            raise _wrong(self._path, f"{key} is no object of texts")
        return {name: text for name, text in value.items() if text is not None}

    def _build(self) -> Build | None:
        build = self._document.get("build", {})
        if not isinstance(build, dict):
            raise _wrong(self._path, "build is no object")
        name = self._text(build, "dockerfile") or self._text(self._document, "dockerFile")
        if not name:
            return None
        args = build.get("args", {})
        if not isinstance(args, dict) or not all(isinstance(value, str) for value in args.values()):
            raise _wrong(self._path, "build.args is no object of texts")
        context = self._text(build, "context") or self._text(self._document, "context") or "."
        for key in build.keys() - {"dockerfile", "context", "args", "target"}:
            self._leave(f"build.{key}", "it is not supported")
        return Build(
            dockerfile=self._inside(name),
            context=self._inside(context),
            args={name: self._expanded(value) for name, value in args.items()},
            target=self._text(build, "target"),
        )

    def _inside(self, path: str) -> str:
        """A path that is relative to the file, as seen from the top; empty for the top itself."""
        joined = posixpath.normpath(posixpath.join(posixpath.dirname(self._path), path))
        if joined.startswith(("/", "..")):
            raise _wrong(self._path, f"{path} leads out of the repository")
        return "" if joined == "." else joined

    def _command(self, key: str) -> str:
        """A text is for a shell; a list is one command; an object's are run one after the other."""
        value = self._document.get(key, "")
        commands = list(value.values()) if isinstance(value, dict) else [value]
        scripts = []
        for command in commands:
            if isinstance(command, list) and all(isinstance(word, str) for word in command):
                scripts.append(shlex.join(command))
            elif isinstance(command, str):
                scripts.append(command)
            else:
                raise _wrong(self._path, f"{key} is no command")
        return " &&\n".join(f"({script})" for script in filter(str.strip, scripts))

    def _login(self) -> str:
        key = "remoteUser" if "remoteUser" in self._document else "containerUser"
        name = self._expanded(self._text(self._document, key))
        if name == "root":
            self._leave(f"{key} root", "processes run as you, so that files belong to you")
        elif name and not _LOGIN.fullmatch(name):
            self._leave(f"{key} {name!r}", "no user can have this name")
        else:
            return name
        return ""

    def _ports(self) -> list[int]:
        ports = []
        for value in self._list("forwardPorts"):
            if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 65536:
                ports.append(value)
            else:
                self._leave(f"forwardPorts {value!r}", "only ports of the container itself are reached")
        return ports

    def _mount(self, value: Any) -> tuple[str, str] | None:
        if isinstance(value, str):
            value = dict(part.partition("=")[::2] for part in value.split(","))
        if not isinstance(value, dict):
            raise _wrong(self._path, "a mount is neither a text nor an object")
        words = {name: self._expanded(str(text)) for name, text in value.items()}
        target = words.get("target") or words.get("destination") or words.get("dst") or ""
        source = words.get("source") or words.get("src") or ""
        kind = words.get("type", "volume")
        if not target.startswith("/") or ".." in target.split("/") or _RESERVED.match(target + "/"):
            self._leave(f"mount on {target!r}", "nothing can be mounted there")
        elif kind == "tmpfs":
            return "", target
        elif kind == "volume" and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,80}", source):
            return source, target
        else:
            self._leave(
                f"mount of {source or kind} on {target}", "only tmpfs and volumes stay in the workspace"
            )
        return None

    def _expanded(self, text: str) -> str:
        return _VARIABLE.sub(self._variable, text)

    def _variable(self, found: re.Match[str]) -> str:
        name, argument, default = found[1], found[2], found[3]
        known = {
            "containerWorkspaceFolder": self._folder,
            "localWorkspaceFolder": self._folder,
            "containerWorkspaceFolderBasename": posixpath.basename(self._folder),
            "localWorkspaceFolderBasename": posixpath.basename(self._folder),
            "devcontainerId": posixpath.basename(self._folder),
        }
        if name in known:
            return known[name]
        if name == "localEnv":
            self._leave(f"${{localEnv:{argument}}}", "give it with --env or --secret")
            return default or ""
        return found[0]


def _wrong(path: str, why: str) -> UsageError:
    return UsageError(
        f"{path} cannot be used: {why}",
        hint="Correct it and commit, or start with --image or --no-devcontainer.",
    )
