"""What every part of a running engine shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from core.agents.registry import Executors
from core.config import Config
from core.forges.opening import Forges
from core.lifecycle.operation import OperationLog
from core.paths import Home
from core.runners.docker import DockerRunner
from core.runners.runner import Runner
from core.runners.secrets import Secrets
from core.store import Store
from core.store.models.fields import now
from core.supervision.hub import EventHub
from core.supervision.supervisor import Supervisor
from core.values.states import RunnerKind


@dataclass
class Context:
    """One engine's parts; made once by `core.engine`."""

    home: Home
    config: Config
    store: Store
    hub: EventHub
    runners: dict[RunnerKind, Runner]
    executors: Executors
    operations: OperationLog
    builder: DockerRunner | None = None
    """Builds images; None where there is no container engine to ask."""
    secrets: Secrets = field(default_factory=Secrets)
    forges: Forges = field(init=False)
    """Hosts of pull requests, as the settings say."""
    clock: Callable[[], float] = now
    """Seconds since 1970; what age and idleness are measured by."""
    supervisor: Supervisor = field(init=False)

    def __post_init__(self) -> None:
        self.forges = Forges(lambda: self.config.forges)
