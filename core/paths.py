"""Where everything of one Boatyard home lies on disk.

`BOATYARD_HOME` puts configuration, data, state, cache and sockets under one folder; without it the
XDG base directories are used. Two homes share nothing: the container names and labels carry `instance`,
which is derived from the data folder.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from core.errors import StorageError, UsageError

SOCKET_PATH_LIMIT = 100
"""Bytes that a Unix socket's path may have (108 on Linux, 104 on macOS), less a margin."""


@dataclass(frozen=True)
class Home:
    """The folders of one Boatyard home. Nothing is created until `create` is called."""

    config: Path
    data: Path
    state: Path
    cache: Path
    runtime: Path

    @property
    def root(self) -> Path | None:
        """The folder that all of it is under, as `--home` names it; None for the XDG base directories."""
        base = self.config.parent
        return base if self == _under(base) else None

    @property
    def instance(self) -> str:
        """Twelve hexadecimal digits that tell this home's containers and volumes from every other's."""
        return hashlib.sha256(os.fsencode(self.data.resolve())).hexdigest()[:12]

    @property
    def socket(self) -> Path:
        """The engine's Unix socket; in a short folder when the runtime folder's path is too long."""
        path = self.runtime / "engine.sock"
        if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT:
            return path
        return Path(tempfile.gettempdir()) / f"boatyard-{os.getuid()}-{self.instance}" / "engine.sock"

    @property
    def lock(self) -> Path:
        """Held by the running engine with flock; its text is the engine's process id."""
        return self.state / "engine.lock"

    @property
    def log(self) -> Path:
        """The engine's rotated log file."""
        return self.state / "engine.log"

    @property
    def audit(self) -> Path:
        """Who did what: one JSON document a line, rotated."""
        return self.state / "audit.log"

    @property
    def database(self) -> Path:
        return self.data / "boatyard.db"

    @property
    def backups(self) -> Path:
        return self.data / "backups"

    @property
    def spares(self) -> Path:
        """Clones that wait for the next workspace, one folder per repo, named by the repo's id."""
        return self.data / "spares"

    @property
    def depots(self) -> Path:
        """One bare repository per repo, named by the repo's id."""
        return self.data / "depots"

    @property
    def workspaces(self) -> Path:
        """One folder per workspace, named by the workspace."""
        return self.data / "workspaces"

    @property
    def exchange(self) -> Path:
        """Files on their way in or out: a client puts them here, or takes them away."""
        return self.data / "exchange"

    @property
    def images(self) -> Path:
        """Attached pictures, each named by the SHA-256 of its bytes."""
        return self.data / "images"

    @property
    def published(self) -> Path:
        """Copies of folders that were published, `NAME.N`."""
        return self.data / "public" / "versions"

    @property
    def served(self) -> Path:
        """A link for each published workspace, to the copy that is served."""
        return self.data / "public" / "served"

    @property
    def trash(self) -> Path:
        return self.data / "trash"

    def create(self) -> None:
        """Makes the folders, readable by the user alone whatever the umask.

        Raises:
            StorageError: One cannot be made, or somebody else has put one in its place.
        """
        try:
            for folder in (self.config, self.data, self.state, self.cache, self.socket.parent):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _refuse_foreign(self.socket.parent)
            for folder in (self.data, self.state, self.socket.parent):
                folder.chmod(0o700)
            own = (
                self.depots,
                self.spares,
                self.workspaces,
                self.trash,
                self.backups,
                self.exchange,
                self.images,
                self.published.parent,
                self.published,
                self.served,
            )
            for folder in own:
                folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise StorageError(
                f"the folder {error.filename} cannot be made: {error.strerror}",
                hint="Choose another place with BOATYARD_HOME or --home.",
            ) from error


def _refuse_foreign(folder: Path) -> None:
    """Refuses a socket folder that another user has made, or a link: whoever owns it owns the engine."""
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
        raise StorageError(
            f"the folder {folder} is not yours", hint="Choose another place with BOATYARD_HOME or --home."
        )


def _absolute(root: str) -> Path:
    try:
        return Path(root).expanduser().absolute()
    except RuntimeError as error:
        raise UsageError(f"{root!r} names no user's folder", hint="Write the path out.") from error


def _under(base: Path) -> Home:
    return Home(base / "config", base / "data", base / "state", base / "cache", base / "run")


def find_home(override: str | None = None) -> Home:
    """The home that `override`, else `BOATYARD_HOME`, else the XDG base directories name.

    Raises:
        UsageError: The path begins with the name of a user that does not exist.
    """
    root = override or os.environ.get("BOATYARD_HOME")
    if root:
        return _under(_absolute(root))
    import platformdirs

    dirs = platformdirs.PlatformDirs("boatyard", appauthor=False)
    runtime = Path(dirs.user_state_dir) / "run"
    if os.environ.get("XDG_RUNTIME_DIR"):
        runtime = Path(os.environ["XDG_RUNTIME_DIR"]) / "boatyard"
    return Home(
        Path(dirs.user_config_dir),
        Path(dirs.user_data_dir),
        Path(dirs.user_state_dir),
        Path(dirs.user_cache_dir),
        runtime,
    )
