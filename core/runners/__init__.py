"""Where processes run: on the host, in a container; later on other machines."""

from __future__ import annotations

from core.runners.reason import end_reason
from core.runners.runner import (
    Clone,
    Environment,
    EnvironmentState,
    ExecResult,
    Owned,
    Runner,
)

__all__ = ["Clone", "Environment", "EnvironmentState", "ExecResult", "Owned", "Runner", "end_reason"]
