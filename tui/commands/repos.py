"""Repos: how workspaces of them set themselves up, everywhere or in one project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.values import requests as ask
from core.values.entities import Project, Repo
from tui.settings.own_file_sheet import OwnFileSheet
from tui.settings.repo_sheet import RepoSheet
from tui.widgets.menu import Menu, Option, choice

if TYPE_CHECKING:
    from tui.app import BoatyardApp


async def settings(app: BoatyardApp) -> None:
    """Scripts and copy-files of a repo of the project at hand."""
    project = app.home.situation().project
    assert project is not None
    repo = await _choose(app, project)
    if repo is None:
        return
    shared = sum(repo.id in each.repo_ids for each in app.store.projects.values()) > 1
    options = [
        choice("set-up-repo", "repo", "in every project" if shared else ""),
        Option(
            "set-up-project", f"Only in {project.name}", "project", "what is left empty is as the repo says"
        ),
    ]
    scope = await app.ask(Menu(repo.display_name or repo.name, "", options))
    if scope == "repo":
        await _set_repo(app, repo)
    elif scope == "project":
        await override(app, project, repo)


async def trust(app: BoatyardApp) -> None:
    """Shows the file that a repo of the project at hand brings along, and asks whether it may be used."""
    project = app.home.situation().project
    assert project is not None
    repo = await _choose(app, project)
    if repo is None:
        return
    seen = await app.client.own_file(repo.id)
    if not seen.found:
        app.say(f"the branch {seen.branch} of {repo.name} has no .boatyard.toml")
        return
    wanted = await app.ask(OwnFileSheet(seen))
    if wanted:
        await app.client.trust_own_file(repo.id, ask.TrustOwnFile(digest=seen.digest, branch=seen.branch))
        app.say(f"new workspaces of {repo.name} are set up as its .boatyard.toml says")
    elif wanted is False:
        await app.client.untrust_own_file(repo.id)
        app.say(f"nothing of {repo.name}'s .boatyard.toml is used any more")


async def _choose(app: BoatyardApp, project: Project) -> Repo | None:
    repos = app.store.repos_of(project.id)
    if not repos:
        app.say(f"the project has no repository: {app.keymap.hint('add-project')} adds one")
        return None
    if len(repos) == 1:
        return repos[0]
    options = [Option("", repo.display_name or repo.name, repo.id, repo.path) for repo in repos]
    chosen = await app.ask(Menu("Which repository?", "", options))
    return next((repo for repo in repos if repo.id == chosen), None)


async def _set_repo(app: BoatyardApp, repo: Repo) -> None:
    form = await app.ask(RepoSheet(repo))
    if form is None:
        return
    body = ask.UpdateRepo(
        **{name: text or "" for name, text in form.scripts.items()},
        copy_files=form.copy_files or (),
        parallel_setup=bool(form.parallel_setup),
    )
    await app.client.update_repo(repo.id, body)
    app.say(f"new workspaces of {repo.name} set themselves up this way")


async def override(app: BoatyardApp, project: Project, repo: Repo) -> None:
    links = await app.client.project_repos(project.id)
    link = next(each for each in links if each.repo_id == repo.id)
    form = await app.ask(RepoSheet(repo, link, project.name))
    if form is None:
        return
    body = ask.UpdateProjectRepo(
        **form.scripts, copy_files=form.copy_files, parallel_setup=form.parallel_setup
    )
    await app.client.update_project_repo(project.id, repo.id, body)
    app.say(f"new workspaces of {project.name} set {repo.name} up this way")
