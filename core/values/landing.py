"""Workspaces that are to land one after the other."""

from __future__ import annotations

from enum import StrEnum

from core.values.states import MergeStyle
from core.values.value import Value


class LandingStatus(StrEnum):
    QUEUED = "queued"
    UPDATING = "updating"
    """The target branch's new commits are brought in."""
    CHECKING = "checking"
    """Its repos' check scripts run."""
    LANDING = "landing"
    LANDED = "landed"
    SET_ASIDE = "set_aside"
    """It did not land; `reason` says why. The others went on."""


class LandingEntry(Value, frozen=True, kw_only=True):
    workspace: str
    """The workspace's name."""
    position: int
    """From 1."""
    status: LandingStatus = LandingStatus.QUEUED
    style: MergeStyle | None = None
    """None: as its project says."""
    reason: str = ""
    process_id: str = ""
    """Of the check script that ran last."""


class LandingQueue(Value, frozen=True, kw_only=True):
    entries: tuple[LandingEntry, ...] = ()
    running: bool = False
    """Whether it is being worked through."""
