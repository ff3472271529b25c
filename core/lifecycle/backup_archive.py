"""The form of a backup: a zip with a manifest that names every other member, and what may be in it.

`boatyard.db`, `depots/ID.bundle` (and `ID.shallow` where the history was cut), `images/SHA256`,
`config/config.toml`, `config/themes/NAME.toml`. Nothing else: a name that is not of these forms is
refused, so no member can climb, be absolute, a link or a device.
"""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Sequence

import msgspec

from core.errors import UsageError
from core.values.value import Value

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "boatyard.db"
CONFIG = "config/config.toml"
NAMES = re.compile(
    r"boatyard\.db"
    r"|depots/[0-9a-f]{32}\.(?:bundle|shallow)"
    r"|images/[0-9a-f]{64}"
    r"|config/config\.toml"
    r"|config/themes/[a-z0-9][a-z0-9-]{0,40}\.toml"
)
MANIFEST_LIMIT = 32 * 2**20
SMALL_LIMIT = 2**20
"""Bytes of a settings or theme file."""
COUNT_LIMIT = 100_000
TOTAL_LIMIT = 2**40
"""Bytes of everything together."""
RATIO_LIMIT = 200
RATIO_FROM = 64 * 2**20
"""Bytes from which on no more than `RATIO_LIMIT` times the archive's size may come out of it."""
LEFT_OUT = (
    "the output of processes and the conversations in it: what a program printed may hold secrets",
    "the workspaces' folders and containers: 'boatyard workspace repair NAME' makes a folder again from the "
    "last snapshot, which is in the backup; changes since then are not",
    "values under 'env' in config.toml, and its attention command: they may hold secrets",
    "values of secrets: Boatyard keeps only where they are",
    "your own repositories; removed workspaces that can be recovered, spare clones, logs of the engine",
)


class Member(Value, frozen=True, kw_only=True):
    """One file of the archive."""

    name: str
    size: int
    """Bytes."""
    sha256: str


class Manifest(Value, frozen=True, kw_only=True):
    """What a backup says of itself."""

    format: int
    version: str
    """Of the Boatyard that wrote it."""
    schema: int
    made_at: float
    members: tuple[Member, ...]
    left_out: tuple[str, ...] = LEFT_OUT


def refused(what: str, why: str) -> UsageError:
    """Says why an archive is not restored."""
    return UsageError(
        f"the backup is refused: {what[:200]!r} {why}", hint="Nothing was changed. Use another backup."
    )


def read_manifest(archive: zipfile.ZipFile, size: int) -> Manifest:
    """The manifest of an archive whose directory of members is in order; nothing is unpacked.

    Args:
        archive: The open file.
        size: Its bytes.

    Raises:
        UsageError: Something in it is not as it may be.
    """
    infos = archive.infolist()
    _check(infos, size)
    if not any(info.filename == MANIFEST for info in infos):
        raise refused(MANIFEST, "is missing: this is no backup of Boatyard")
    try:
        manifest = msgspec.json.decode(archive.read(MANIFEST), type=Manifest)
    except msgspec.MsgspecError as error:
        raise refused(MANIFEST, f"cannot be read: {error}") from error
    if manifest.format != FORMAT:
        raise refused(f"format {manifest.format}", "is newer than this Boatyard: install a later one")
    named = {member.name: member.size for member in manifest.members}
    found = {info.filename: info.file_size for info in infos if info.filename != MANIFEST}
    for name in named.keys() | found.keys():
        if named.get(name) != found.get(name):
            raise refused(name, "is not what the manifest says")
    if DATABASE not in named:
        raise refused(DATABASE, "is missing")
    return manifest


def _check(infos: Sequence[zipfile.ZipInfo], size: int) -> None:
    if len(infos) > COUNT_LIMIT:
        raise refused(str(len(infos)), f"members are more than {COUNT_LIMIT}")
    seen: set[str] = set()
    for info in infos:
        name = info.orig_filename
        if name != MANIFEST and not NAMES.fullmatch(name):
            raise refused(name, "is no name of a part of a backup")
        if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
            raise refused(name, "is no regular file")
        if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refused(name, "is encrypted, or packed in a way that is not read")
        if name in seen:
            raise refused(name, "is there twice")
        limit = MANIFEST_LIMIT if name == MANIFEST else SMALL_LIMIT if name.startswith("config/") else None
        if limit is not None and info.file_size > limit:
            raise refused(name, f"is larger than {limit} bytes")
        seen.add(name)
    total = sum(info.file_size for info in infos)
    if total > TOTAL_LIMIT or (total > RATIO_FROM and total > RATIO_LIMIT * size):
        raise refused(f"{total} bytes", "come out of it, which is too much")
