"""A repository's own settings, `.boatyard.toml` at its top: read from git's objects, and checked.

What it says is used only where the user has trusted the file's exact bytes. It is read at a commit, from
the depot or the user's repository, and never from a tree that a sandbox can write.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta

from core.config import Section, settings_from
from core.errors import BoatyardError, ConfigError, UsageError
from core.git.command import Git
from core.lifecycle.patterns import Patterns

NAME = ".boatyard.toml"
SIZE_LIMIT = 64 * 1024
"""Bytes that one may have."""
REGULAR = ("100644", "100755")
"""Modes of git's trees for files that are no links."""
Port = Annotated[int, Meta(ge=1, le=65535)]


class OwnScripts(Section, frozen=True, kw_only=True):
    """Shell scripts, as `boatyard repo set` has them."""

    setup: str = ""
    cleanup: str = ""
    check: str = ""
    archive: str = ""
    dev_server: str = ""


class OwnSettings(Section, frozen=True, kw_only=True):
    """What a `.boatyard.toml` may say."""

    image: Annotated[str, Meta(max_length=512, pattern=r"^([\w][\w./:@-]*)?$")] = ""
    ports: Annotated[tuple[Port, ...], Meta(max_length=32)] = ()
    copy_files: Annotated[tuple[str, ...], Meta(max_length=256)] = ()
    parallel_setup: bool = False
    scripts: OwnScripts = OwnScripts()

    def names(self) -> tuple[str, ...]:
        """What is set, for people."""
        told = [f"image {self.image}"] if self.image else []
        told += [f"ports {', '.join(map(str, self.ports))}"] if self.ports else []
        told += [f"copied files {', '.join(self.copy_files)}"] if self.copy_files else []
        told += ["set-up side by side"] if self.parallel_setup else []
        scripts = msgspec.structs.asdict(self.scripts)
        return (*told, *(f"{name.replace('_', ' ')} script" for name, text in scripts.items() if text))


@dataclass(frozen=True)
class FoundFile:
    """One that is there."""

    digest: str
    data: bytes
    settings: OwnSettings | None
    """None where it cannot be used."""
    problem: str = ""

    @property
    def text(self) -> str:
        return self.data.decode("utf-8", "replace")


def parse_own_file(data: bytes, path: str = NAME) -> OwnSettings:
    """Reads one.

    Raises:
        ConfigError: It holds a wrong key or value; the message names file, line and the nearest key.
    """
    try:
        settings = settings_from(data.decode("utf-8"), OwnSettings, path)
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text", hint="Save it as UTF-8.") from error
    scripts = msgspec.structs.asdict(settings.scripts)
    for name, text in (*scripts.items(), *(("copy_files", each) for each in settings.copy_files)):
        if "\0" in text:
            raise ConfigError(f"{path}: {name} holds a NUL", hint="Take the character out.")
    try:
        Patterns(settings.copy_files)
    except UsageError as error:
        raise ConfigError(f"{path}: {error.message}", hint=error.hint) from error
    return settings


async def read_own_file(git: Git, commit: str, where: str) -> FoundFile | None:
    """The file at a commit; None when there is none.

    Args:
        git: A reader of the repository or depot that has the commit.
        commit: Its full id.
        where: The file's name for people.
    """
    listed = await git.run("ls-tree", "-z", "--full-tree", commit, "--", NAME)
    if not listed.out:
        return None
    mode, kind, oid = listed.out.split(b"\t", 1)[0].decode("ascii").split(" ")
    if kind != "blob" or mode not in REGULAR:
        return FoundFile(oid, b"", None, f"{where} is no regular file")
    if (size := int((await git.run("cat-file", "-s", oid)).text)) > SIZE_LIMIT:
        return FoundFile(oid, b"", None, f"{where} has {size} bytes; it may have {SIZE_LIMIT}")
    data = (await git.run("cat-file", "blob", oid)).out
    digest = hashlib.sha256(data).hexdigest()
    try:
        return FoundFile(digest, data, parse_own_file(data, where))
    except BoatyardError as error:
        return FoundFile(digest, data, None, " ".join(filter(None, (error.message, error.hint))))
