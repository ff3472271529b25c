"""The sample repository of the demonstration: small, real, and the user's to throw away."""

from __future__ import annotations

from pathlib import Path

from core.errors import UsageError

FILES = {
    "README.md": "# Harbour\n\nGreets every boat that comes in.\n",
    "greeting.py": 'def greet(boat: str) -> str:\n    """A greeting for a boat."""\n'
    '    return f"Ahoy, {boat}!"\n',
    "test_greeting.py": 'from greeting import greet\n\n\ndef test_greets_by_name() -> None:\n'
    '    assert greet("Alma") == "Ahoy, Alma!"\n',
}  # fmt: skip
PROMPT = "Explain in README.md how to greet a boat, and note in NOTES.md what changed"
AUTHOR = ("Boatyard demonstration", "demo@localhost")


def make_sample(folder: Path) -> Path:
    """A git repository with a first commit; one that is there already is used.

    Raises:
        UsageError: The folder has something else in it.
    """
    import git

    if (folder / ".git").exists():
        return folder
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(
            f"{folder} is not empty and no git repository", hint="Name a new folder: boatyard demo DIR"
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    with git.Repo.init(folder, initial_branch="main") as repository:
        with repository.config_writer() as settings:
            settings.set_value("user", "name", AUTHOR[0])
            settings.set_value("user", "email", AUTHOR[1])
        repository.index.add(list(FILES))
        author = git.Actor(*AUTHOR)
        repository.index.commit("A harbour that greets", author=author, committer=author, skip_hooks=True)
    return folder
