"""The environment variables of processes, and the file that brings them into a terminal's shell."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from pathlib import Path

from core.runners.runner import Environment

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

REPOSITORY_VARIABLES = frozenset({
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CEILING_DIRECTORIES", "GIT_COMMON_DIR", "GIT_CONFIG",
    "GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS", "GIT_DIR", "GIT_GRAFT_FILE", "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE", "GIT_NAMESPACE", "GIT_NO_REPLACE_OBJECTS", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX",
    "GIT_QUARANTINE_PATH", "GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE", "GIT_WORK_TREE",
})  # fmt: skip
"""What would point git at another repository (`git rev-parse --local-env-vars`): never inherited."""

ENGINE_VARIABLES = frozenset({"BOATYARD_HOME", "BOATYARD_CRASH_AT"})
"""What is meant for the engine: a `boatyard` that an agent runs must not command the one that runs it."""

SHELL_SCRIPT = """
[ ! -r "$1" ] || . "$1"
cd -- "$2" || exit 126
shift 2
if [ $# -gt 0 ]; then exec "$@"; fi
if [ -n "${SHELL-}" ] && command -v -- "$SHELL" >/dev/null; then exec "$SHELL"; fi
if command -v bash >/dev/null; then exec bash; fi
exec sh
"""
"""What the user's terminal runs: `sh -c SCRIPT boatyard VARIABLES-FILE CWD [ARGV…]`.

The variables come from a file because they may hold secrets, which a command line would show to everyone.
"""


def inherited(environ: Mapping[str, str]) -> dict[str, str]:
    """The engine's own variables, as far as a process on the host should have them."""
    kept = environ.keys() - REPOSITORY_VARIABLES - ENGINE_VARIABLES
    return {name: environ[name] for name in kept}


def workspace_variables(env: Environment) -> dict[str, str]:
    """What every process of the workspace has, on every runner."""
    return {
        "BOATYARD_WORKSPACE": env.workspace,
        "BOATYARD_INSTANCE": env.instance,
        **env.settings.image_env,
        **env.settings.env,
        **env.env,
    }


def write_variables(path: Path, variables: Mapping[str, str], *, also: str = "") -> None:
    """Writes shell assignments, atomically and readable by the user alone; odd names are left out.

    Args:
        path: The file.
        variables: What it assigns.
        also: Another such file that it reads, if that is there: where secrets are, which stay out of this.
    """
    lines = [
        f"export {name}={shlex.quote(value)}\n"
        for name, value in sorted(variables.items())
        if _NAME.fullmatch(name)
    ]
    if also:
        lines.append(f"[ ! -r {shlex.quote(also)} ] || . {shlex.quote(also)}\n")
    part = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(os.fsencode("".join(lines)))
    part.replace(path)
