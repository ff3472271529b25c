"""Containers of a local Docker engine (or one that speaks its API) as a runner.

Nothing here imports the Docker SDK before it is needed: that alone takes 0.14 s.
"""

from __future__ import annotations

from core.runners.docker.runner import DockerRunner

__all__ = ["DockerRunner"]
