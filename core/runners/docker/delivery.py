"""Secrets brought into a running container: files of mode 0600 on a tmpfs of its own, gone when it stops.

They come through the standard input of a shell inside, which reads what to write from a FIFO: no file of
the host, no command line and no configuration of the container ever holds them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from shlex import quote

from core.errors import BoatyardError
from core.processes.command import Command
from core.runners.docker.inside import Inside
from core.runners.docker.layout import SECRETS, home_of
from core.runners.runner import Environment
from core.runners.secrets import Resolved, shell_variables

_SECONDS = 60.0
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,:;=/+-_@")
_LINE = 512
"""Bytes that one command of the script writes."""


async def deliver(inside: Inside, env: Environment, secrets: Resolved) -> None:
    """Writes the secrets into the environment's running container.

    Raises:
        BoatyardError: They cannot be written there.
    """
    feed = script(secrets, home_of(env.settings))
    result = await inside.run(env, Command(("/bin/sh", "-s"), "/", stdin=None), _SECONDS, feed=feed)
    if result.exit_code:
        raise BoatyardError(
            f"the secrets of {env.workspace} cannot be written into its container",
            hint="Its image needs `sh`, `mkdir` and `ln`.",
        )


def script(secrets: Resolved, home: str) -> bytes:
    """What a shell has to run to write the files; only built-in commands see the values."""
    lines = ["set -eu", "umask 077", *_write(f"{SECRETS}/env", shell_variables(secrets.env).encode())]
    for path, content in secrets.files.items():
        target = f"{SECRETS}/auth/{path}"
        lines += [f"mkdir -p {quote(str(PurePosixPath(target).parent))}", *_write(target, content)]
        place = f"{home}/{path}"
        lines.append(f"mkdir -p {quote(str(PurePosixPath(place).parent))}")
        # A file that a program put in the link's place, such as a renewed login, stays.
        link = quote(place)
        lines.append(f"[ -e {link} ] && [ ! -h {link} ] || ln -sfn {quote(target)} {link}")
    return "\n".join([*lines, ""]).encode("utf-8", "surrogateescape")


def _write(path: str, content: bytes) -> Sequence[str]:
    lines = [f": >{quote(path + '.part')}"]
    for start in range(0, len(content), _LINE):
        piece = "".join(
            chr(byte) if byte in _PLAIN else f"\\0{byte:03o}" for byte in content[start : start + _LINE]
        )
        lines.append(f"printf '%b' '{piece}' >>{quote(path + '.part')}")
    return [*lines, f"mv -f {quote(path + '.part')} {quote(path)}"]
