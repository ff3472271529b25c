"""Where the container engine listens: as the `docker` command would find it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

from core.errors import UnreachableError

DEFAULT = "unix:///var/run/docker.sock"


def find_address(environ: Mapping[str, str]) -> str:
    """The engine's address: `DOCKER_HOST`, else the current context's, else the usual sockets.

    Raises:
        UnreachableError: It is on another machine; the folders of a workspace are not there.
    """
    address = environ.get("DOCKER_HOST") or _of_context(environ) or _usual(environ)
    if not address.startswith("unix://"):
        raise UnreachableError(
            f"the container engine at {address} is on another machine, and workspaces live on this one",
            hint="Unset DOCKER_HOST (or choose another docker context), or use the host runner.",
        )
    return address


def _usual(environ: Mapping[str, str]) -> str:
    rootless = Path(environ.get("XDG_RUNTIME_DIR") or "/nonexistent") / "docker.sock"
    default_exists = Path(DEFAULT.removeprefix("unix://")).exists()
    return f"unix://{rootless}" if not default_exists and rootless.exists() else DEFAULT


def _of_context(environ: Mapping[str, str]) -> str | None:
    """The endpoint of the context that the user chose; stored under the SHA-256 of the context's name."""
    folder = Path(environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
    name = environ.get("DOCKER_CONTEXT") or _entry(folder / "config.json", "currentContext")
    if not name or name == "default":
        return None
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()
    return _entry(folder / "contexts" / "meta" / digest / "meta.json", "Endpoints", "docker", "Host")


def _entry(path: Path, *keys: str) -> str | None:
    """A string inside a JSON file; None where there is no such file or string."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None
