"""Which limits and networks make sense for a workspace."""

from __future__ import annotations

from msgspec import UNSET
from msgspec.structs import replace

from core.egress.rules import MOST_ENTRIES, Rules
from core.errors import UsageError
from core.values.entities import Settings
from core.values.requests import UpdateWorkspace

NETWORKS = ("full", "none", "allow")
LEAST_DISK_MB = 16
CHANGEABLE = ("cpus", "memory_mb", "processes", "disk_mb", "network", "allow_hosts")
"""What of a workspace's settings can be changed after it was made."""


def check_limits(settings: Settings) -> None:
    """Refuses what nothing could run under, and lists of hosts that cannot be read.

    Raises:
        UsageError: What is wrong, and what would be right.
    """
    if settings.network not in NETWORKS:
        raise UsageError(
            f"the network {settings.network[:40]!r} is unknown", hint="Use 'full', 'none' or 'allow'."
        )
    if len(settings.allow_hosts) > MOST_ENTRIES:
        raise UsageError(f"the list of hosts has more than {MOST_ENTRIES} entries", hint="Use *.example.org.")
    Rules(settings.allow_hosts)
    if not (0.01 <= settings.cpus <= 4096 and settings.memory_mb >= 16 and settings.processes >= 4):
        raise UsageError(
            "the limits are too small to run anything",
            hint="Give at least 0.01 CPUs, 16 MB of memory and 4 processes.",
        )
    if 0 < settings.disk_mb < LEAST_DISK_MB:
        raise UsageError(
            f"a disk limit of {settings.disk_mb} MB is too small to hold anything",
            hint=f"Give at least {LEAST_DISK_MB} MB, or 0 for no limit.",
        )


def changed_settings(settings: Settings, body: UpdateWorkspace) -> Settings:
    """The settings with what a request changes of limits and network.

    Raises:
        UsageError: They make no sense.
    """
    given = {name: getattr(body, name) for name in CHANGEABLE}
    changes = {name: value for name, value in given.items() if value is not UNSET}
    changed = replace(settings, **changes)
    check_limits(changed)
    return changed
