"""`python -m tests.pictures`: draws the interface over a real engine with real workspaces.

A engine's repository, some tasks, and the demonstration's agent at work on them: one piece of work has
been merged, one waits for review, one agent asks for permission.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from core.cli.sample import FILES
from tests.acceptance.user import User, make_repository

HERE = Path(__file__).parent
PICTURES = {"80x24": "", "120x40": "", "200x60": "", "120x40-board": "6"}
"""The size, which the name begins with, and the keys that are pressed first."""
MERGED = "Say in NOTES.md when the engine opens"
REVIEWED = "Greet a boat by its name in greeting.py"
ASKING = "Explain in README.md how to greet a boat"
OPEN = ("Show the tides of the day", "Light the pier at dusk", "Count the boats that come in")


def main() -> None:
    """Makes a home, brings it to life, draws it, and removes it."""
    folder = Path(tempfile.mkdtemp(prefix="engine-"))
    user = User(folder / "home")
    try:
        set_the_scene(user, make_repository(folder / "engine", FILES))
        for name, keys in PICTURES.items():
            argv = [sys.executable, "-m", "tui.picture", str(HERE / f"{name}.svg")]
            argv += ["--size", name.partition("-")[0], "--keys", keys]
            subprocess.run(argv, env=user.environment, check=True)
    finally:
        user.boatyard("engine", "stop", ok=False)
        shutil.rmtree(folder, ignore_errors=True)


def set_the_scene(user: User, repository: Path) -> None:
    """Real workspaces in the states that a user would see."""
    user.boatyard("project", "add", "engine", str(repository))
    run = ("--repo", str(repository), "--agent", "demo", "--runner", "host")
    merged = user.boatyard("run", MERGED, *run, "--wait", "--json").json["workspace"]["name"]
    user.boatyard("workspace", "merge", merged)
    user.boatyard("run", REVIEWED, *run, "--wait")
    for title in OPEN:
        user.boatyard("task", "add", title, "--project", "engine")
    asking = user.boatyard("run", ASKING, *run, "--json").json["workspace"]["name"]
    while not user.boatyard("workspace", "requests", asking, "--json").json:
        pass


if __name__ == "__main__":
    main()
