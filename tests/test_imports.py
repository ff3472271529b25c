"""What starts fast stays fast: nothing heavy is imported for the console script or a plain command.

A static graph cannot see imports inside of functions, so this asks the interpreter itself.
"""

from __future__ import annotations

import subprocess
import sys

HEAVY = {"aiohttp", "docker", "git", "peewee", "sqlite3", "psutil"}
ENGINE = {"core.engine", "core.server", "core.store", "core.git", "core.runners", "core.processes"}


def imported_by(code: str) -> set[str]:
    """All modules after a piece of code has run in a fresh interpreter."""
    script = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_console_script_imports_nothing_but_the_standard_library() -> None:
    assert imported_by("import tui.entry") & {"textual", "rich", "msgspec", "asyncio"} == set()


def test_the_command_line_imports_no_engine() -> None:
    loaded = imported_by("import core.cli.main, core.cli.verbs")
    assert loaded & (ENGINE | {"docker", "git", "peewee", "textual", "rich"}) == set()


def test_the_engine_imports_no_interface() -> None:
    assert (
        imported_by("import core.engine, core.server.daemon") & {"textual", "rich", "tui", "themes"} == set()
    )


def test_the_value_types_import_nothing_heavy() -> None:
    values = "import core.values.entities, core.values.events, core.values.requests, core.values.review"
    assert imported_by(values) & (HEAVY | {"asyncio"}) == set()


def test_an_engine_starts_without_the_languages_of_agents() -> None:
    loaded = imported_by("import core.server.daemon")
    assert "core.engine.engine" in loaded
    assert loaded & {f"core.agents.{kind}.driver" for kind in ("acp", "claude", "codex")} == set()
    assert "docker" not in loaded
