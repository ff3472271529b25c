"""How a workspace's container is configured: limits, mounts, and everything it may not do.

The variables of processes are not in it, because anyone who may ask the engine about the container would
see them: each process gets its own when it starts.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.runners.docker.layout import SECRETS as SECRETS_FOLDER
from core.runners.docker.layout import MountPoint, mount_points
from core.runners.runner import LOOPBACK, Environment
from core.runners.secrets import has_secrets
from core.values.entities import PublishedPort

if TYPE_CHECKING:
    from docker import APIClient

INSTANCE, WORKSPACE = "boatyard.instance", "boatyard.workspace"
SPEC, HELPER = "boatyard.spec", "boatyard.helper"

IDLE_MARKER = "boatyard-idle"
_IDLE = ("sh", "-c", "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done", IDLE_MARKER)
_TMP_OPTIONS = "rw,exec,nosuid,nodev,mode=1777"
"""The default would be noexec, and build tools run what they write into /tmp."""
_SECRETS_OPTIONS = "rw,noexec,nosuid,nodev,mode=1777,size=16m"
_FORM = 2
"""Raised when containers made by an older Boatyard should be made again."""


@dataclass(frozen=True)
class Limits:
    """What the container may use at most; swap counts as memory."""

    memory_bytes: int
    nano_cpus: int
    processes: int


@dataclass(frozen=True)
class ContainerSpec:
    """A container before its image is known."""

    name: str
    labels: dict[str, str]
    mounts: tuple[MountPoint, ...]
    limits: Limits
    network: str
    working_dir: str
    entrypoint: tuple[str, ...] = _IDLE
    environment: tuple[tuple[str, str], ...] = ()
    auto_remove: bool = False
    ports: tuple[PublishedPort, ...] = ()
    tmpfs: tuple[str, ...] = ()
    """Folders in memory beside /tmp."""
    secrets: bool = False
    """Whether it has a tmpfs for secrets."""

    def digest(self) -> str:
        """Sixteen hexadecimal digits that change when a container of this spec has to be made again."""
        document = {
            "form": _FORM,
            "user": user(),
            "mounts": [mount.identity() for mount in self.mounts],
            "network": self.network,
            "working_dir": self.working_dir,
            "entrypoint": self.entrypoint,
            "ports": [(port.inner, port.outer) for port in self.ports],
            **({"secrets": True} if self.secrets else {}),
            **({"tmpfs": self.tmpfs} if self.tmpfs else {}),
        }
        return hashlib.sha256(json.dumps(document).encode()).hexdigest()[:16]

    def create(self, client: APIClient, image: str) -> str:
        """Creates the container; gives its id."""
        from docker.types import LogConfig, Mount

        mounts = [
            # Mounts, not binds: the engine would create a missing source of a bind, owned by root.
            Mount(target=m.target, source=str(m.source), type="bind", read_only=m.read_only)
            for m in self.mounts
        ]
        host = client.create_host_config(
            mounts=mounts,
            init=True,
            cap_drop=["ALL"],
            security_opt=["no-new-privileges"],
            mem_limit=self.limits.memory_bytes,
            memswap_limit=self.limits.memory_bytes,
            nano_cpus=self.limits.nano_cpus,
            pids_limit=self.limits.processes,
            tmpfs={
                **dict.fromkeys(("/tmp", *self.tmpfs), _TMP_OPTIONS),
                **({SECRETS_FOLDER: _SECRETS_OPTIONS} if self.secrets else {}),
            },
            network_mode=self.network,
            auto_remove=self.auto_remove,
            port_bindings={f"{port.inner}/tcp": (LOOPBACK, port.outer) for port in self.ports},
            log_config=LogConfig(type=LogConfig.types.JSON, config={"max-size": "1m", "max-file": "1"}),
        )
        made: dict[str, Any] = client.create_container(
            image,
            entrypoint=list(self.entrypoint),
            user=user(),
            # A container in another one's network has that one's host name.
            hostname=None if self.network.startswith("container:") else self.labels[WORKSPACE][:63],
            working_dir=self.working_dir,
            ports=[port.inner for port in self.ports],
            environment=dict(self.environment),
            labels={**self.labels, SPEC: self.digest()},
            name=self.name,
            host_config=host,
        )
        return str(made["Id"])


def user() -> str:
    """The user's own ids, so that files made inside belong to the user outside."""
    return f"{os.getuid()}:{os.getgid()}"


def container_name(env: Environment) -> str:
    return f"boatyard-{env.instance}-{env.workspace}"


def labels_of(env: Environment) -> dict[str, str]:
    return {INSTANCE: env.instance, WORKSPACE: env.workspace}


def limits_of(env: Environment, cpus: int) -> Limits:
    """The settings' limits; the engine refuses more processors than the machine has."""
    settings = env.settings
    return Limits(
        memory_bytes=settings.memory_mb * 1024**2,
        nano_cpus=int(min(settings.cpus, cpus) * 1_000_000_000),
        processes=settings.processes,
    )


def workspace_spec(env: Environment, cpus: int) -> ContainerSpec:
    """The container that a workspace's processes run in, on a machine with so many processors."""
    return ContainerSpec(
        name=container_name(env),
        labels=labels_of(env),
        mounts=tuple(mount_points(env)),
        limits=limits_of(env, cpus),
        network="bridge" if env.settings.network == "full" else "none",
        working_dir=str(env.folder),
        ports=env.ports if env.settings.network == "full" else (),
        secrets=has_secrets(env.settings),
        tmpfs=tuple(target for name, target in env.settings.mounts if not name),
    )


def helper_spec(
    env: Environment, cpus: int, name: str, argv: Sequence[str], variables: dict[str, str]
) -> ContainerSpec:
    """A container for one short command with the workspace's files and no network."""
    return ContainerSpec(
        name=name,
        labels={**labels_of(env), HELPER: "1"},
        mounts=tuple(mount_points(env)),
        limits=limits_of(env, cpus),
        network="none",
        working_dir=str(env.folder),
        entrypoint=tuple(argv),
        environment=tuple(variables.items()),
        auto_remove=True,
    )
