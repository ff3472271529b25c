"""What a checkpoint's zip says of itself: `manifest.json`, beside `repos/NAME/PATH` for every file."""

from __future__ import annotations

import msgspec

from core.errors import UsageError

MANIFEST = "manifest.json"
FORMAT = "boatyard-checkpoint"
VERSION = 1
MANIFEST_LIMIT = 16 * 2**20
"""Bytes of a manifest."""


class RepoManifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a zip cannot hold as files. Paths as `core.git.path_text` writes them."""

    folders: tuple[str, ...] = ()
    """Empty folders."""
    submodules: dict[str, str] = {}
    """The commits that embedded repositories are at."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: str
    version: int
    workspace: str
    number: int
    kind: str
    message: str
    created_at: float
    repos: dict[str, RepoManifest]
    """By the repository's folder in the workspace."""


def read_manifest(data: bytes) -> Manifest:
    """The manifest in these bytes.

    Raises:
        UsageError: It is none, or one of a later version.
    """
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(
            f"the file is not imported: its {MANIFEST} is wrong: {error}", hint="Nothing was changed."
        ) from error
    if manifest.format != FORMAT or manifest.version != VERSION:
        raise UsageError(
            f"the file is not imported: it says to be {manifest.format[:40]!r}, version {manifest.version}",
            hint=f"This Boatyard reads {FORMAT!r}, version {VERSION}. Nothing was changed.",
        )
    return manifest
