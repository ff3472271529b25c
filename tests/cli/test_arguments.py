"""Bad arguments, errors, exit codes, and where the home is said."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.user import COMMAND, User, make_repository
from tests.cli.conftest import Boatyard

ODD = {
    "--": "--",
    "-": "-",
    "empty": "",
    "-rf": "-rf",
    "an option with a file": "--config=/dev/zero",
    "upwards": "../..",
    "home": "~",
    "a user who does not exist": "~nobody-at-all",
    "command substitution": "$(touch pwned)",
    "a transport that runs a program": "ext::sh -c touch% pwned",
    "an option of git": "--upload-pack=touch pwned",
    "an option of ssh": "ssh://-oProxyCommand=touch/y",
    "a URL with a password": "https://user:secret@127.0.0.1:1/x",
    "the byte FF": os.fsdecode(b"\xff"),
    "a line feed": "a\nb",
    "a large number": "99999999999999999999",
    "markup": "[/]",
    "OSC 52": "\x1b]52;c;cHduZWQ=\x07",
    "a pattern that explodes": "(a+)+$",
    "a query": "NEAR(",
    "an injection": "' OR 1=1 --",
    "zero width": "a\u200bb",
    "10,000 characters": "x" * 10_000,
}  # fmt: skip

PLACES = (
    ("repo", "add", "{}"),
    ("repo", "show", "{}"),
    ("project", "show", "{}"),
    ("task", "show", "{}"),
    ("workspace", "show", "{}"),
    ("workspace", "exec", "{}", "true"),
    ("process", "logs", "{}"),
    ("run", "title", "--repo={}"),
    ("run", "title", "--repo", "REPOSITORY", "--target={}"),
    ("run", "title", "--repo", "REPOSITORY", "--name={}", "--project=p"),
    ("run", "title", "--repo", "REPOSITORY", "--agent={}", "--project=p"),
    ("project", "add", "new", "{}"),
)


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_odd_arguments_are_refused_by_name_and_do_nothing(
    boatyard: Boatyard,
    person: User,
    repository: Path,
    tmp_path: Path,
    odd: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    harmless = {"--name={}": "", "--agent={}": "", "--target={}": "", "new": "--"}
    boatyard("engine", "start")
    before = state(person)
    for place in PLACES:
        if any(odd == harmless.get(word) for word in place):
            continue  # here it means: not given
        argv = [word.replace("REPOSITORY", str(repository)).replace("{}", odd) for word in place]
        answer = boatyard(*argv, ok=False)
        assert answer.code in (2, 3), (argv, answer)
        assert answer.out == ""
        lines = answer.err.splitlines()
        assert lines[0].startswith("boatyard: "), answer.err
        assert len(lines) <= 2 and (len(lines) < 2 or lines[1].startswith("  ")), answer.err
        assert "Traceback" not in answer.err and "\x1b" not in answer.err
        assert len(answer.err) < 2000 or len(odd) > 5000
    assert list(tmp_path.iterdir()) == []
    assert state(person) == before


def state(person: User) -> tuple[object, ...]:
    """All there is."""
    there = person.snapshot()
    return there.projects, there.repos, there.tasks, there.workspaces


CODES = [
    (0, ("version",)),
    (2, ()),
    (2, ("nonsense",)),
    (2, ("workspace",)),
    (2, ("workspace", "show")),
    (2, ("workspace", "list", "--no-such-option")),
    (2, ("task", "set", "x", "--status", "perhaps")),
    (2, ("run", "title", "--project", "without-repositories")),
    (2, ("run", "title", "--repo", "x", "--env", "novalue")),
    (2, ("run", "title", "--repo", "x", "--memory-mb", "much")),
    (3, ("task", "show", "ffff")),
    (3, ("workspace", "merge", "nowhere")),
    (3, ("project", "remove", "nobody")),
]


@pytest.mark.parametrize(("code", "argv"), CODES, ids=[" ".join(argv) or "nothing" for _, argv in CODES])
def test_exit_codes(boatyard: Boatyard, code: int, argv: tuple[str, ...]) -> None:
    people = boatyard(*argv, ok=False)
    assert people.code == code
    programs = boatyard(*argv, "--json", ok=False)
    assert programs.code == code
    if code:
        assert people.err.startswith("boatyard: ")
        assert (people.out, programs.out) == ("", "")
        error = json.loads(programs.err)["error"]
        assert set(error) == {"code", "message", "hint", "details"}
        assert error["code"] == {2: "usage", 3: "not_found"}[code]
        assert error["hint"], error


@pytest.mark.parametrize(
    ("argv", "told", "meant"),
    (
        (("workspace", "dif", "x"), "'boatyard workspace dif'", "Did you mean 'boatyard workspace diff'?"),
        (("diff", "x"), "no command 'boatyard diff'", "Did you mean 'boatyard workspace diff'?"),
        (("workspac", "list"), "no command 'boatyard workspac'", "Did you mean 'boatyard workspace'?"),
        (("x" * 10_000,), f"no command 'boatyard {'x' * 60}'", "See 'boatyard --help'."),
        (("ws", "new", "x", "--runner=qemu"), "--runner: 'qemu' is none of host, docker", "new --help"),
        ((), "no command is named", "the interface opens, on a terminal"),
    ),
    ids=("a verb", "without its noun", "a noun", "nothing like it", "an option's value", "nothing"),
)  # fmt: skip
def test_a_word_that_is_none_says_which_may_be_meant(
    boatyard: Boatyard, argv: tuple[str, ...], told: str, meant: str
) -> None:
    error = boatyard(*argv, "--json", ok=False)
    assert error.code == 2
    document = json.loads(error.err)["error"]
    assert told in document["message"] and meant in document["hint"], document


def test_options_go_before_between_and_behind_arguments(boatyard: Boatyard, workspace: str) -> None:
    repo = boatyard("workspace", "show", workspace, "--json").json["repos"][0]["name"]
    boatyard("workspace", "exec", workspace, "--", "sh", "-c", "mkdir in && echo x > in/-odd")
    where = f"{repo}/in"
    for argv in (("--json", workspace, where), (workspace, "--json", where), (workspace, where, "--json")):
        assert [each["name"] for each in boatyard("workspace", "files", *argv).json] == ["-odd"]
    command = ("--", "sh", "-c", "echo --json")
    assert boatyard("agent", "add", "mine", "--kind", "command", "--json", *command).json["name"] == "mine"
    assert boatyard("workspace", "files", workspace, "--json", where, "--bogus", ok=False).code == 2
    assert boatyard("workspace", "cat", "--json", "--", workspace, "-odd", ok=False).code == 3


def test_a_conflict_is_4_and_says_what_to_do(boatyard: Boatyard, workspace: str) -> None:
    answer = boatyard("workspace", "restore", workspace, ok=False)
    assert answer.code == 4
    assert answer.err == f"boatyard: the workspace {workspace!r} is open, not closed\n  It is open.\n"
    answer = boatyard("workspace", "remove", workspace, "--json", ok=False)
    assert (answer.code, answer.error["code"], answer.error["details"]["untracked_files"]) == (
        4,
        "conflict",
        1,
    )


def test_a_failed_turn_gives_its_own_exit_code(boatyard: Boatyard, repository: Path) -> None:
    argv = ("run", "fails", "--repo", str(repository), "--agent", "failing", "--wait")
    answer = boatyard(*argv, ok=False)
    assert answer.code == 3
    assert "because" in answer.err
    boatyard("workspace", "remove", "fails", "--force")


def test_wrong_settings_are_2_and_name_the_line(boatyard: Boatyard, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text("[engine]\nidle_minuts = 3\n")
    for argv in (("config", "check"), ("status",)):
        answer = boatyard(*argv, "--home", str(tmp_path), "--json", ok=False)
        assert (answer.code, answer.error["code"]) == (2, "config")
        assert "line 2" in answer.error["message"]
        assert "idle_minutes" in answer.error["hint"]


@pytest.mark.parametrize("place", ["/dev/null/x", "/proc/nowhere", "~nobody-at-all/x"])
def test_a_home_that_cannot_be_made_is_an_error_in_words(boatyard: Boatyard, place: str) -> None:
    answer = boatyard("status", "--home", place, ok=False)
    assert answer.code in (1, 2)
    assert (
        len(answer.err.splitlines()) == 2 and "BOATYARD_HOME" in answer.err
    ) or "Write the path out" in answer.err


def test_the_home_is_said_before_or_after_the_verb_and_goes_before_the_environment(
    boatyard: Boatyard, tmp_path: Path
) -> None:
    for argv in (
        ("--home", str(tmp_path), "config", "path"),
        ("config", "path", "--home", str(tmp_path)),
        ("config", "path", f"--home={tmp_path}"),
        (f"--home={tmp_path}", "config", "path"),
    ):
        assert boatyard(*argv).out == f"{tmp_path}/config/config.toml\n"
    assert (
        boatyard("--json", "config", "path").json["path"] == boatyard("config", "path", "--json").json["path"]
    )


def test_without_an_engine_that_starts_it_is_5(person: User, tmp_path: Path) -> None:
    env = {**person.environment, "BOATYARD_HOME": str(tmp_path)}
    code = "from core.cli.main import main; sys.executable = '/bin/false'; sys.exit(main(['status']))"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {code}"], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 5
    assert done.stderr.startswith("boatyard: the engine ended while it was starting\n  What it said last")


def test_ctrl_c_is_130_and_says_nothing(person: User, workspace: str) -> None:
    command = ("workspace", "exec", workspace, "--", "sh", "-c", "echo begun; exec sleep 600")
    running = person.start(*command)
    assert running.stdout is not None
    assert running.stdout.readline() == "begun\n"
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=20)
    assert (running.returncode, err) == (130, "")


def test_what_a_command_complains_of_goes_to_standard_error(boatyard: Boatyard, workspace: str) -> None:
    script = "echo one; echo because >&2; exit 4"
    answer = boatyard("workspace", "exec", workspace, "--", "sh", "-c", script, ok=False)
    assert (answer.code, answer.out, answer.err) == (4, "one\n", "because\n")


def test_nothing_is_asked_without_a_terminal(person: User, workspace: str) -> None:
    """With an endless standard input a question would be answered, with an empty one it would fail."""
    for stdin in ("/dev/zero", "/dev/null"):
        argv = shlex.join([*COMMAND, "workspace", "remove", workspace])
        done = subprocess.run(
            f"{argv} < {stdin}",
            shell=True,
            env=person.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 4
        assert "--force" in done.stderr


def test_a_reader_that_leaves_early_is_no_error(person: User, workspace: str, boatyard: Boatyard) -> None:
    answer = boatyard("workspace", "exec", workspace, "--json", "--", "true", ok=False)
    boatyard("workspace", "exec", workspace, "--", "seq", "1", "300000")
    process = boatyard("process", "list", "--workspace", workspace, "--json").json[0]["id"]
    argv = shlex.join([*COMMAND, "process", "logs", process])
    done = subprocess.run(
        ["bash", "-c", f"{argv} | head -n 2; echo ${{PIPESTATUS[0]}}"],
        env=person.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "1\n2\n141\n", answer
    assert done.stderr == ""


def test_two_repositories_of_one_name_cannot_share_a_project_and_leave_nothing(
    boatyard: Boatyard, person: User, tmp_path: Path
) -> None:
    boatyard("engine", "start")
    before = state(person)
    paths = [str(make_repository(tmp_path / side / "twin", {"a": "a"})) for side in ("one", "two")]
    answer = boatyard("project", "add", "twins", *paths, ok=False)
    assert answer.code == 4
    assert all(path in answer.err for path in paths)
    answer = boatyard(
        "run", "x", "--no-agent", "--repo", paths[0], "--repo", paths[1], "--project", "twins", ok=False
    )
    assert answer.code == 4
    bad = boatyard("project", "add", "half", paths[0], str(tmp_path / "nowhere"), ok=False)
    assert bad.code == 3
    assert state(person) == before


def test_a_run_names_no_repository_where_one_is_at_hand(
    boatyard: Boatyard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = make_repository(tmp_path / "at-hand", {"a": "a"})
    monkeypatch.chdir(here)
    made = boatyard("run", "Here", "--no-agent", "--name", "here", "--json").json["workspace"]
    assert [repo["name"] for repo in made["repos"]] == ["at-hand"]
    monkeypatch.chdir(tmp_path)
    made = boatyard("run", "There", "--no-agent", "--project", "at-hand", "--name", "there", "--json").json[
        "workspace"
    ]
    assert [repo["name"] for repo in made["repos"]] == ["at-hand"]
    refused = boatyard("run", "Nowhere", "--no-agent", "--project", "new-one", ok=False)
    assert (refused.code, "is not a git repository" in refused.err) == (2, True)
    boatyard("project", "add", "empty-one")
    monkeypatch.chdir(here)
    refused = boatyard("run", "Nowhere", "--no-agent", "--project", "empty-one", ok=False)
    assert (refused.code, "has no repositories" in refused.err) == (2, True)
    made = boatyard("run", "New", "--no-agent", "--project", "new-one", "--name", "new", "--json").json[
        "workspace"
    ]
    assert [repo["name"] for repo in made["repos"]] == ["at-hand"]
    for name in ("here", "there", "new"):
        boatyard("workspace", "remove", name, "--force")


def test_of_several_repositories_one_is_compared_alone(boatyard: Boatyard, workspace: str) -> None:
    (repo,) = boatyard("workspace", "show", workspace, "--json").json["repos"]
    (Path(repo["path"]) / "new.txt").write_text("new\n")
    for key in (repo["name"], repo["repo_id"]):
        assert "new.txt" in boatyard("workspace", "diff", workspace, "--stat", "--repo", key).out
        assert "+new" in boatyard("workspace", "diff", workspace, "--repo", key).out
    refused = boatyard("workspace", "diff", workspace, "--repo", "quay", ok=False)
    assert refused.code == 3 and "no repo 'quay'" in refused.err
