"""Defaults of new workspaces, changed while the engine runs: the file keeps what people wrote into it."""

from __future__ import annotations

import pytest

from core.config import AgentSection, Config, ForgeKind, ForgeSection
from core.errors import ConfigError, UsageError
from core.settings_catalogue import _sections
from core.settings_help import HELP
from core.values.configuration import Setting
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


def test_every_key_has_its_sentence_and_no_sentence_is_left_over() -> None:
    forge = ForgeSection(kind=ForgeKind.GITEA, url="https://git.example.org")
    config = Config(agents={"mine": AgentSection(kind="claude")}, forges={"work": forge})
    keys = {each.key.replace(".mine.", ".").replace(".work.", ".") for each in listed(config)}
    assert keys | {"keys.map"} == set(HELP)


def listed(config: Config) -> list[Setting]:
    return list(_sections(config, {}, ("demo",)))


async def test_the_list_says_value_default_and_where_each_comes_from(yard: Yard) -> None:
    path = yard.home.config / "config.toml"
    path.write_text(FILE + '[keys.map]\nmerge = ["f9", "m"]\n[agents.a]\nkind = "claude"\nenv = {K = "s3"}\n')
    found = {each.key: each for each in await yard.client.settings()}
    cpus = found["workspace.cpus"]
    assert (cpus.value, cpus.default, cpus.in_file, cpus.range) == ("1.5", "2", True, "from 0.01 to 4096")
    memory, runner = found["workspace.memory_mb"], found["workspace.runner"]
    assert (memory.value, memory.in_file) == ("4096", False)
    assert (runner.value, runner.choices) == ("host", ("", "host", "docker"))
    assert found["keys.map.merge"].value == '["f9", "m"]'
    assert "demo" in found["default_agent"].choices
    assert found["agents.a.env"].value == "K", "a value may be a secret"


async def test_what_was_changed_by_hand_holds_from_the_list_on(yard: Yard) -> None:
    path = yard.home.config / "config.toml"
    path.write_text("[workspace]\nmemory_mb = 999\n")
    await yard.client.settings()
    assert (await yard.client.defaults()).memory_mb == 999
    path.write_text("[workspace]\nmemory = 1\n")
    with pytest.raises(ConfigError, match="line 2") as error:
        await yard.client.settings()
    assert "memory_mb" in error.value.hint
    assert (await yard.client.defaults()).memory_mb == 999


async def test_a_key_is_taken_out_and_an_unknown_one_names_the_nearest(yard: Yard) -> None:
    path = yard.home.config / "config.toml"
    path.write_text(FILE)
    assert (await yard.client.set_config(SetConfig(key="workspace.cpus", value=None))).cpus == 2.0
    await yard.client.set_config(SetConfig(key="logs.max_mb", value=None))
    assert "cpus" not in path.read_text() and "logs" not in path.read_text()
    with pytest.raises(ConfigError) as error:
        await yard.client.set_config(SetConfig(key="workspace.memory", value=None))
    assert error.value.hint == "Did you mean 'workspace.memory_mb'?"
