"""Every error that Boatyard raises on purpose.

::

    BoatyardError                 code "failed"       exit 1
    ├── UsageError                "usage"             exit 2   bad arguments or request body
    │   └── ConfigError           "config"            exit 2   a settings file, with its line
    ├── NotFoundError             "not_found"         exit 3
    ├── ConflictError             "conflict"          exit 4   merge conflict, name taken, wrong state
    ├── ForbiddenError            "forbidden"         exit 1   who asks may not, or is not known
    ├── UnreachableError          "unreachable"       exit 5   engine or container engine
    ├── GitError                  "git"               exit 1   a git command failed
    ├── AgentError                "agent"             exit 1   an agent cannot be started or spoken to
    ├── ForgeError                "forge"             exit 1   a pull request host refused
    ├── ScriptError               "script"            exit 1   a repository's script failed
    └── StorageError              "storage"           exit 1   database refused, disk full

An error is for a person: `message` says what failed, on what and why; `hint` says what to do next.
Exceptions of a library never leave the module that wraps the library.
"""

from __future__ import annotations

import errno
from typing import Any, ClassVar


class BoatyardError(Exception):
    """The base of all errors; carries what the command line and the screen show."""

    code: ClassVar[str] = "failed"
    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def __init__(self, message: str, *, hint: str = "", details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details or {}

    def document(self) -> dict[str, Any]:
        """The error as the JSON object that the API and `--json` give."""
        return {"code": self.code, "message": self.message, "hint": self.hint, "details": self.details}


class UsageError(BoatyardError):
    """What was asked for makes no sense; nothing was changed."""

    code = "usage"
    exit_code = 2
    http_status = 422


class ConfigError(UsageError):
    """A settings file is wrong; `message` names file and line."""

    code = "config"


class NotFoundError(BoatyardError):
    """The named thing does not exist."""

    code = "not_found"
    exit_code = 3
    http_status = 404


class ConflictError(BoatyardError):
    """The thing is not in a state that allows this, or two changes contradict each other."""

    code = "conflict"
    exit_code = 4
    http_status = 409


class ForbiddenError(BoatyardError):
    """Whoever asks may not do this, or has not shown who they are."""

    code = "forbidden"
    http_status = 403


class UnreachableError(BoatyardError):
    """Boatyard's engine or a container engine does not answer."""

    code = "unreachable"
    exit_code = 5
    http_status = 503


class GitError(BoatyardError):
    """A git command failed; `details` has argv, exit code and the end of its standard error."""

    code = "git"


class AgentError(BoatyardError):
    """An agent is missing, will not start, or breaks its protocol."""

    code = "agent"


class ForgeError(BoatyardError):
    """The host of a repository's pull requests refused, or does not answer."""

    code = "forge"
    http_status = 502


class ScriptError(BoatyardError):
    """A set-up, cleanup or archive script failed."""

    code = "script"


class StorageError(BoatyardError):
    """The database or the disk refused."""

    code = "storage"
    http_status = 507


_DISK = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the disk is read-only",
    errno.EIO: "the disk does not work",
}


def disk_trouble(error: BaseException) -> StorageError | None:
    """The error in words, if it is the disk's; None: it is a defect, or something that a caller knows."""
    if not isinstance(error, OSError) or error.errno not in _DISK:
        return None
    where = f": {error.filename}" if error.filename else ""
    return StorageError(
        _DISK[error.errno] + where, hint="Free some space or make it writable, then try again."
    )


_BY_CODE: dict[str, type[BoatyardError]] = {
    kind.code: kind
    for kind in (
        BoatyardError, UsageError, ConfigError, NotFoundError, ConflictError, ForbiddenError,
        UnreachableError, GitError, AgentError, ForgeError, ScriptError, StorageError,
    )
}  # fmt: skip


def error_from_document(document: dict[str, Any]) -> BoatyardError:
    """The error that `BoatyardError.document` described, in its own class again."""
    kind = _BY_CODE.get(str(document.get("code")), BoatyardError)
    return kind(
        str(document.get("message", "unknown error")),
        hint=str(document.get("hint", "")),
        details=document.get("details") or {},
    )
