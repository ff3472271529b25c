"""`boatyard config`: path, check."""

from __future__ import annotations

from core.cli.invocation import Invocation
from core.cli.verb import Verb
from core.config import load_config


async def path(call: Invocation) -> None:
    file = call.home.config / "config.toml"
    call.out.result({"path": str(file), "exists": file.exists()}, str(file))


async def check(call: Invocation) -> None:
    """Reads the settings file and says what is in force."""
    config = load_config(call.home.config / "config.toml")
    call.out.result(config, "the settings are valid")


VERBS = (
    Verb("config", "path", "say where the settings file is", path),
    Verb("config", "check", "check the settings file", check),
)
