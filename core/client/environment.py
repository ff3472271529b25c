"""What the environment of whoever starts a workspace says about where it runs."""

from __future__ import annotations

import os

import msgspec

from core.errors import UsageError
from core.values.requests import WantedSettings
from core.values.states import RunnerKind


def or_environment(settings: WantedSettings) -> WantedSettings:
    """Image and runner as `BOATYARD_IMAGE` and `BOATYARD_RUNNER` say, where no option does.

    Raises:
        UsageError: There is no such runner.
    """
    image, runner = os.environ.get("BOATYARD_IMAGE", ""), os.environ.get("BOATYARD_RUNNER", "")
    if image and not (settings.image or settings.dockerfile):
        settings = msgspec.structs.replace(settings, image=image)
    if runner and settings.runner is None:
        if runner not in list(RunnerKind):
            kinds = ", ".join(kind.value for kind in RunnerKind)
            raise UsageError(f"BOATYARD_RUNNER={runner[:40]!r} is no runner", hint=f"Set one of: {kinds}.")
        settings = msgspec.structs.replace(settings, runner=RunnerKind(runner))
    return settings
