"""Fixtures that every test may ask for, and which tests a run takes.

A bare `pytest` is the quick run: everything but the tests marked `slow`, side by side. `--all`, continuous
integration (`CI=true`) and a path on the command line take every test that they name; a run with paths is
not spread over processes unless `-n` says so.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.containers import docker_engine, environment, instance, runner
from tests.reliability import is_reliability, may_have_some

# Where nothing may write bytecode, as in many container images, each engine and each command that a test
# starts would compile all of Boatyard anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# A run that a shell started in its background ignores Ctrl+C, and so would every program that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)

__all__ = ["docker_engine", "environment", "instance", "runner"]

WORKERS = (os.cpu_count() or 2) + 2
"""Tests run side by side; they wait for processes and containers much of their time."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds `--all`."""
    parser.addoption("--all", action="store_true", help="run the slow tests too")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Decides which tests are taken, in every process of a run, and in the first how many there are."""
    by_path = config.args_source is pytest.Config.ArgsSource.ARGS
    config.option.all = config.option.all or by_path or bool(os.environ.get("CI"))
    alone = by_path or config.option.usepdb or config.option.collectonly
    if not alone and config.option.numprocesses is None and "PYTEST_XDIST_WORKER" not in os.environ:
        config.option.numprocesses = WORKERS


def pytest_report_header(config: pytest.Config) -> str:
    """Says which tests are taken."""
    return "tests: all" if config.option.all else "tests: the quick ones; --all runs the slow ones too"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leaves files without any unread when only the tests about reliability are wanted."""
    alone = config.option.markexpr == "reliability"
    return True if alone and not may_have_some(collection_path) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks what is about reliability; leaves the slow tests out of the quick run, and says so."""
    for item in items:
        if isinstance(item, pytest.Function) and is_reliability(item.path, item.originalname):
            item.add_marker("reliability")
    if config.option.all:
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    items[:] = [item for item in items if not item.get_closest_marker("slow")]
    config.hook.pytest_deselected(items=slow)


settings.register_profile("boatyard", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("boatyard")  # tests run side by side: how long one takes says nothing of it
