"""An engine in memory with the client's methods: what a test puts into it is what the interface sees.

It keeps the contract of `core.client.Client` that the interface relies on: a snapshot carries the sequence
number of the last event, and the event stream goes on after the number it is given.
"""

from __future__ import annotations

from tests.tui.fake_engine.checkpoints import Checkpoints
from tests.tui.fake_engine.connection import Connection
from tests.tui.fake_engine.containers import Containers
from tests.tui.fake_engine.files import Files
from tests.tui.fake_engine.finding import Finding
from tests.tui.fake_engine.landing import Landing
from tests.tui.fake_engine.prompting import Prompting
from tests.tui.fake_engine.pull_requests import PullRequests
from tests.tui.fake_engine.review import Review
from tests.tui.fake_engine.sessions import Sessions
from tests.tui.fake_engine.settings import Settings
from tests.tui.fake_engine.values import changed_file, diff_of
from tests.tui.fake_engine.workspaces import Workspaces

__all__ = ["FakeEngine", "changed_file", "diff_of"]


class FakeEngine(
    Connection,
    Workspaces,
    Sessions,
    Prompting,
    Finding,
    Files,
    Review,
    Checkpoints,
    Landing,
    PullRequests,
    Containers,
    Settings,
):
    """The engine and, after `connect`, the client of it."""
