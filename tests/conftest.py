"""Fixtures that every test may ask for."""

from __future__ import annotations

from tests.containers import docker_engine, environment, instance, runner

__all__ = ["docker_engine", "environment", "instance", "runner"]
