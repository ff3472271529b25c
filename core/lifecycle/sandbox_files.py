"""Text files of a workspace, read and written from inside of its sandbox.

What the agent's files and links lead to is decided where the agent is: on this machine nothing of them is
followed. A path counts as inside of the workspace when its folder, with all links resolved, lies below the
workspace's; the last part may be no link, and nothing but a regular file.
"""

from __future__ import annotations

from core.errors import ConflictError, NotFoundError, UsageError
from core.runners.runner import Environment, Runner

READ_LIMIT = 4 * 2**20
"""Bytes that one reading gives at most."""
SECONDS = 30.0

_FIND = r"""
root=$(cd -- "$1" && pwd -P) || exit 90
path=$2 folder=${2%/*}
up=${folder:-/}
while [ ! -d "$up" ] && [ -n "$up" ]; do up=${up%/*}; done
real=$(cd -- "${up:-/}" && pwd -P) || exit 90
case $real/ in "$root"/*) ;; *) exit 91 ;; esac
[ ! -L "$path" ] || exit 92
[ ! -e "$path" ] || [ -f "$path" ] || exit 93
"""

_READ = (
    _FIND
    + r"""
[ -f "$path" ] || exit 94
[ -r "$path" ] || exit 95
if [ "$4" -ge 0 ]; then tail -n "+$3" "$path" | head -n "$4" | head -c "$5"
else tail -n "+$3" "$path" | head -c "$5"; fi
"""
)

_WRITE = (
    _FIND
    + r"""
mkdir -p -- "$folder" || exit 95
cat >"$path" || exit 95
"""
)


async def read_text_file(
    runner: Runner, env: Environment, path: str, line: int = 1, limit: int | None = None
) -> str:
    """The text of a file from a line on; bytes that are no UTF-8 are replaced.

    Args:
        runner: Where the workspace is.
        env: The workspace.
        path: Absolute, as the sandbox sees it.
        line: The first line, counted from 1.
        limit: How many lines at most; None: all of them.

    Raises:
        UsageError: The path is not inside of the workspace, or no regular file.
        NotFoundError: There is no such file.
        ConflictError: It cannot be read, or is larger than `READ_LIMIT`.
    """
    words = (str(line), str(-1 if limit is None else limit), str(READ_LIMIT + 1))
    out = await _run(runner, env, _READ, path, words, b"")
    if len(out) > READ_LIMIT:
        raise ConflictError(
            f"{path} is larger than {READ_LIMIT // 2**20} MiB", hint="Read it by line and limit."
        )
    return out.decode("utf-8", "replace")


async def write_text_file(runner: Runner, env: Environment, path: str, text: str) -> None:
    """Writes a file, and makes the folders that it needs.

    Raises:
        UsageError: The path is not inside of the workspace, or something else than a regular file.
        ConflictError: It cannot be written.
    """
    await _run(runner, env, _WRITE, path, (), text.encode("utf-8", "replace"))


async def _run(
    runner: Runner, env: Environment, script: str, path: str, words: tuple[str, ...], stdin: bytes
) -> bytes:
    if not path.startswith("/") or ".." in path.split("/") or path.endswith("/"):
        raise UsageError(f"{path} is no absolute path of a file", hint="Name it from / on, without “..”.")
    argv = ("sh", "-c", script, "boatyard", str(env.folder), path, *words)
    result = await runner.exec(env, argv, stdin=stdin, timeout_seconds=SECONDS)
    match result.exit_code:
        case 0:
            return result.out
        case 91 | 90:
            raise UsageError(f"{path} is not inside of the workspace", hint=f"It is {env.folder}.")
        case 92 | 93:
            raise UsageError(f"{path} is a link, a folder or something else that is no regular file")
        case 94:
            raise NotFoundError(f"there is no file {path}")
    said = result.err.decode("utf-8", "replace").strip()[:300]
    raise ConflictError(f"{path} cannot be read or written" + (f": {said}" if said else ""))
