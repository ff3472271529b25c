"""`boatyard keys`, and what `boatyard doctor` says of the user's own keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.cli.diagnosis.keys import keys as examined
from core.cli.main import main
from core.paths import find_home
from tests.acceptance.user import Answer


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BOATYARD_HOME", str(tmp_path))
    (tmp_path / "config").mkdir()
    return tmp_path


def keys(capsys: pytest.CaptureFixture[str], *argv: str) -> Answer:
    code = main(["keys", *argv])
    return Answer(code, *capsys.readouterr())


def test_every_action_is_listed_with_the_keys_it_has(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "config" / "config.toml").write_text('[keys]\npreset = "vim"\n[keys.map]\nmerge = ["f9", "D"]\n')
    found = {each["id"]: each for each in keys(capsys, "--json").json}
    assert found["merge"]["keys"] == ["f9", "D"] and found["undo"]["keys"] == ["u"]
    assert found["merge"].keys() == {"id", "keys", "label", "group", "where", "help"}
    assert "limits" not in found
    everything = {each["id"]: each for each in keys(capsys, "--json", "--all").json}
    assert everything["limits"]["keys"] == []
    arrows = {each["id"]: each for each in keys(capsys, "--json", "--preset", "arrows").json}
    assert arrows["undo"]["keys"] == ["f8", "z"] and arrows["merge"]["keys"] == ["f9", "D"]
    lines = keys(capsys).out.splitlines()
    assert any(line.startswith("f9 D") and "merge" in line for line in lines)


def test_a_wrong_key_is_told_beside_the_list_and_by_the_doctor(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = home / "config" / "config.toml"
    file.write_text('[keys.map]\nmerg = "f9"\nlanding = "ctrl+b"\n')
    answer = keys(capsys, "--json")
    assert answer.code == 0 and f"{file}, line 2" in answer.err and "'merge'" in answer.err
    wrong, swallowed = examined(find_home(str(home)))
    assert (wrong.state.value, swallowed.state.value) == ("problem", "warning")
    assert "line 2" in wrong.what and "'merge'" in wrong.fix and wrong.why
    assert "line 3" in swallowed.what and "tmux" in swallowed.what and swallowed.fix
    file.write_text('[keys]\nprest = "vim"\n')
    assert examined(find_home(str(home))) == [] and main(["keys"]) == 2
    assert "'preset'" in capsys.readouterr().err
