"""Defaults of new workspaces, changed while the engine runs: the file keeps what people wrote into it."""

from __future__ import annotations

import pytest

from core.errors import ConfigError, UsageError
from core.values.requests import SetConfig, UpdateDefaults
from tests.yard import Yard

FILE = """# mine
[workspace]
cpus = 1.5  # enough
runner = "host"

# agents below
[merge]
style = "squash"
"""


async def test_defaults_are_written_and_hold_for_the_next_workspace(yard: Yard) -> None:
    path = yard.home.config / "config.toml"
    path.write_text(FILE)
    found = await yard.client.update_defaults(
        UpdateDefaults(memory_mb=777, network="allow", allow_hosts=("*.example.org",), disk_mb=2048)
    )
    assert (found.memory_mb, found.cpus, found.allow_hosts) == (777, 1.5, ("*.example.org",))
    text = path.read_text()
    assert text.startswith('# mine\n[workspace]\ncpus = 1.5  # enough\nrunner = "host"\n')
    assert '# agents below\n[merge]\nstyle = "squash"\n' in text
    workspace = await yard.workspace()
    assert (workspace.settings.memory_mb, workspace.settings.disk_mb) == (777, 2048)
    assert await yard.client.update_defaults(UpdateDefaults(runner=None)) == await yard.client.defaults()
    assert "runner" not in path.read_text()


async def test_a_key_is_set_by_its_name_and_plain_text_needs_no_quotes(yard: Yard) -> None:
    assert (await yard.client.set_config(SetConfig(key="workspace.image", value="python:3.12"))).image
    assert (await yard.client.set_config(SetConfig(key="workspace.cpus", value="3"))).cpus == 3.0


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("workspace.cpu", "1"), ("workspace.cpus", "many"), ("workspace.memory_mb", "1"),
        ("workspace.network", "some"), ("workspace.allow_hosts", '["no host"]'), ("workspace..cpus", "1"),
        ("workspace.cpus.more", "1"), ("", "1"),
    ],
)  # fmt: skip
async def test_what_makes_no_sense_changes_nothing(yard: Yard, key: str, value: str) -> None:
    path = yard.home.config / "config.toml"
    before = path.read_text()
    with pytest.raises(UsageError):
        await yard.client.set_config(SetConfig(key=key, value=value))
    assert path.read_text() == before
    assert list(path.parent.glob(".config-*")) == []


async def test_a_file_that_is_wrong_already_is_told_with_its_line(yard: Yard) -> None:
    path = yard.home.config / "config.toml"
    path.write_text("[workspace]\n\ncpu = 1\n")
    with pytest.raises(ConfigError, match="line 3"):
        await yard.client.update_defaults(UpdateDefaults(cpus=1.0))
    assert path.read_text() == "[workspace]\n\ncpu = 1\n"
