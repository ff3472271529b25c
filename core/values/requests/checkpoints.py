"""Requests about checkpoints."""

from __future__ import annotations

from core.values.requests.base import Limit, Request


class TakeCheckpoint(Request, frozen=True, kw_only=True):
    message: str = ""


class ExportCheckpoint(Request, frozen=True, kw_only=True):
    number: Limit


class ImportCheckpoint(Request, frozen=True, kw_only=True):
    file: str
    """Name of a zip in the home's exchange folder; the engine deletes it."""


class RestoreTo(Request, frozen=True, kw_only=True):
    number: Limit
    """The checkpoint's."""


class RewindWorkspace(Request, frozen=True, kw_only=True):
    process: str
    """Of the turn that is taken back, with all later ones."""
