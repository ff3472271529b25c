"""How a workspace is run."""

from __future__ import annotations

from core.values.states import (
    RunnerKind,
)
from core.values.value import Value


class ImageBuild(Value, frozen=True, kw_only=True):
    """What a workspace's image is built from."""

    repo: str
    """The repo's name."""
    tree: str
    """The build context, as git's id of it."""
    dockerfile: str
    """Below the context."""
    args: dict[str, str] = {}
    target: str = ""


class Settings(Value, frozen=True, kw_only=True):
    """How a workspace's environment is made."""

    runner: RunnerKind | None = None
    """None: docker when an engine answers, else host."""
    image: str = ""
    dockerfile: str = ""
    """Path in a repository of a Dockerfile that was asked for."""
    build_args: dict[str, str] = {}
    devcontainer: bool = False
    """Whether a `devcontainer.json` of a repository says the image: no image was given."""
    build: ImageBuild | None = None
    """What `image` is built from, if it is."""
    image_from: str = ""
    """Where the image comes from, for people; empty: it was given, or is the default."""
    image_env: dict[str, str] = {}
    """Variables that come with the image, by `devcontainer.json`; `env` goes before them."""
    post_create: dict[str, str] = {}
    """Script by repo's name that runs before its set-up script."""
    mounts: tuple[tuple[str, str], ...] = ()
    """Folders of the workspace (empty: a tmpfs) and where its container sees them."""
    login: str = ""
    """The name that processes in the container run under, by `devcontainer.json`; their ids stay the user's
    own. Empty: `boatyard`."""
    unsupported: tuple[str, ...] = ()
    """What of a `devcontainer.json` was not taken over, and why."""
    env: dict[str, str] = {}
    secrets: dict[str, str] = {}
    """References by variable (see `core.runners.secrets`); the values are kept nowhere."""
    auth_files: dict[str, str] = {}
    """References by path below the home folder."""
    cpus: float = 2.0
    memory_mb: int = 4096
    processes: int = 512
    disk_mb: int = 0
    """Megabytes of the workspace's files, its container's included; 0: no limit."""
    network: str = "full"
    """`full`, `none`, or `allow`: only the hosts in `allow_hosts`."""
    allow_hosts: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    """Ports inside that this machine can reach; see `Workspace.ports`."""
    approve: str = ""
    """What agents may do unasked: `ask` (nothing), `edits`, `all`; empty: as the executor's profile says."""
