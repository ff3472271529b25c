"""Which host a remote's address belongs to, and which repository it names there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.config import ForgeKind, ForgeSection
from core.errors import UsageError

FOLDER = "the remote is a folder of this machine"
BUILT_IN: Mapping[str, ForgeSection] = {
    "github.com": ForgeSection(
        kind=ForgeKind.GITHUB, url="https://github.com", api="https://api.github.com",
        hosts=("ssh.github.com", "www.github.com"),
    ),
    "gitlab.com": ForgeSection(
        kind=ForgeKind.GITLAB, url="https://gitlab.com", hosts=("altssh.gitlab.com",)
    ),
}  # fmt: skip
USUAL_TOKENS: Mapping[str, tuple[str, ...]] = {
    "github.com": ("GH_TOKEN", "GITHUB_TOKEN"),
    "gitlab.com": ("GITLAB_TOKEN",),
}
"""Variables that hold a token for just these hosts; no other host is ever sent one of them."""
_API = {ForgeKind.GITHUB: "/api/v3", ForgeKind.GITLAB: "/api/v4", ForgeKind.GITEA: "/api/v1"}
_SCP = re.compile(r"(?:[^@/\s]+@)?([^:/\s\[\]]+):(?!//)(.+)")


@dataclass(frozen=True)
class ForgePlace:
    """One repository at one host."""

    name: str
    """The host's name in the settings."""
    kind: ForgeKind
    web: str
    """The host's address in a browser, without a slash at the end."""
    api: str
    """Base of its API, without a slash at the end."""
    path: str
    """The repository there: `owner/name`, at GitLab with as many groups as there are."""
    token: str = ""
    """The reference to the token; empty: the usual variables."""

    @property
    def repository(self) -> str:
        """What tells it from all others, such as `github.com/owner/name`."""
        return f"{urlsplit(self.web).netloc}{urlsplit(self.web).path}/{self.path}"


def forge_of(address: str, settings: Mapping[str, ForgeSection]) -> ForgePlace:
    """The host and the repository that a remote's address names.

    Args:
        address: As git has it; a password in it is passed over.
        settings: `[forges.NAME]`; they come before what is known without.

    Raises:
        UsageError: It is no address of a known host.
    """
    host, path = _parts(address)
    for name, section in {**settings, **_unless(settings)}.items():
        base = urlsplit(section.url)
        if host in {base.netloc.lower(), (base.hostname or "").lower(), *map(str.lower, section.hosts)}:
            below = path.removeprefix(base.path.strip("/") + "/") if base.path.strip("/") else path
            _check_path(below, section.kind)
            return ForgePlace(
                name=name, kind=section.kind, web=section.url.rstrip("/"),
                api=(section.api or section.url.rstrip("/") + _API[section.kind]).rstrip("/"),
                path=below, token=section.token,
            )  # fmt: skip
    where = f"{host} is no host of pull requests that is known here" if host else FOLDER
    raise UsageError(
        f"there is nowhere to open a pull request: {where}",
        hint='Say so in config.toml: [forges.NAME], kind = "github", "gitlab" or "gitea", '
        'url = "https://HOST", token = "env:NAME".',
    )


def _unless(settings: Mapping[str, ForgeSection]) -> dict[str, ForgeSection]:
    """What is known without, except what the settings say themselves."""
    said = {urlsplit(section.url).netloc.lower() for section in settings.values()}
    return {name: section for name, section in BUILT_IN.items() if name not in said}


def _parts(address: str) -> tuple[str, str]:
    """Host, with its port where HTTP has one, and path without `.git`."""
    scp = None if "://" in address else _SCP.fullmatch(address)
    if scp is not None:
        host, path = scp[1], scp[2]
    else:
        try:
            parts = urlsplit(address)
            web = parts.scheme.lower() in ("http", "https")
            host = (parts.netloc.rpartition("@")[2] if web else parts.hostname) or ""
        except ValueError:
            return "", ""
        path = parts.path
    return host.lower(), path.strip("/").removesuffix(".git")


def _check_path(path: str, kind: ForgeKind) -> None:
    parts = path.split("/")
    deep = len(parts) >= 2 if kind is ForgeKind.GITLAB else len(parts) == 2
    odd = any(part in ("", ".", "..") or not part.isprintable() or "%" in part for part in parts)
    if not deep or odd:
        raise UsageError(
            f"{path[:80]!r} names no repository of a {kind.value} host",
            hint="Look at the remote's address: git remote -v.",
        )
