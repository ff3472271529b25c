"""A yard whose repository has a remote at a host of pull requests."""

from __future__ import annotations

from pathlib import Path

from core.values.entities import Workspace
from tests.acceptance.user import git
from tests.forges.host import REPOSITORY, TOKEN, Host
from tests.yard import Base


def forge_settings(host: Host, folder: Path) -> str:
    """The host in the settings, its token in a file."""
    (folder / "token").write_text(TOKEN + "\n")
    return (
        f'\n[pull_requests]\npoll_seconds = 5\n\n[forges.test]\nkind = "{host.kind.value}"\n'
        f'url = "{host.url}"\ntoken = "file:{folder / "token"}"\n'
    )


def hosted(
    yard: Base, host: Host, name: str = "repo", files: dict[str, str] | None = None
) -> tuple[Path, Path]:
    """The user's repository, and the bare one that its remote's address at the host really leads to."""
    return hosted_at(yard.repository(name, files), host)


def hosted_at(repository: Path, host: Host) -> tuple[Path, Path]:
    """The same for a repository that is there."""
    bare = repository.parent / f"{repository.name}-host.git"
    git(repository.parent, "clone", "-q", "--bare", str(repository), str(bare))
    address = f"{host.url}/{REPOSITORY}.git"
    git(repository, "remote", "add", "origin", address)
    # So the push really goes somewhere, while its address names the host.
    git(repository, "config", f"url.{bare}.insteadOf", address)
    return repository, bare


def watch_branches(host: Host, bare: Path) -> None:
    """The host knows the branches that were pushed."""
    listed = git(bare, "for-each-ref", "--format=%(refname:lstrip=2) %(objectname)").splitlines()
    host.branches = dict(line.split(" ") for line in listed)


def commit_inside(workspace: Workspace, files: dict[str, str], *options: str, repo: int = 0) -> str:
    folder = Path(workspace.repos[repo].path)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    git(folder, "add", "-A")
    git(
        folder, "-c", "user.name=Agent", "-c", "user.email=agent@localhost", "commit", "-qm", "work", *options
    )
    return git(folder, "rev-parse", "HEAD")
