"""`devcontainer.json`: what is taken over, what is named as not, and that odd files are told plainly."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UsageError
from core.lifecycle.devcontainer import Build, DevContainer, parse_devcontainer
from core.lifecycle.jsonc import parse_jsonc

PATH = ".devcontainer/devcontainer.json"


def parse(text: str) -> DevContainer:
    return parse_devcontainer(text, PATH, "/w/code/app")


def test_what_a_workspace_can_give_is_taken_over() -> None:
    found = parse("""\ufeff{
        // the name // is nothing to us
        "name": "x", /* nor
        this */ "image": "python:3",
        "containerEnv": {"A": "https://x//y",
        "B": "${containerWorkspaceFolder}/b", "C": "${localEnv:X:d}",},
        "postCreateCommand": ["echo", "a b"],
        "forwardPorts": [3000, "db:5432"],
        "mounts": ["source=cache,target=/cache,type=volume", {"type": "tmpfs", "target": "/scratch"}],
    }""")
    assert found.image == "python:3"
    assert found.env == {"A": "https://x//y", "B": "/w/code/app/b", "C": "d"}
    assert (found.post_create, found.ports) == ("(echo 'a b')", (3000,))
    assert found.mounts == (("cache", "/cache"), ("", "/scratch"))
    assert [text.partition(":")[0] for text in found.unsupported] == ["${localEnv", "forwardPorts 'db"]


def test_what_is_not_taken_over_is_named_with_the_reason() -> None:
    found = parse("""{"image": "i", "initializeCommand": "rm -rf ~", "remoteUser": "root",
        "features": {"x": {}},
        "privileged": true, "odd": 1,
        "mounts": ["source=/var/run/docker.sock,target=/var/run/docker.sock,type=bind",
                   "source=v,target=/boatyard/git,type=volume", "source=v,target=x,type=volume",
                   "source=../v,target=/x,type=volume", "source=v,target=/a/../proc,type=volume"]}""")
    assert found.mounts == () and found.post_create == ""
    told = "\n".join(found.unsupported)
    for word in (
        "initializeCommand: it would run on this machine",
        "remoteUser root: processes run as you",
        "features",
        "privileged",
        "odd",
    ):
        assert word in told
    assert sum(text.startswith("mount") for text in found.unsupported) == 5


def test_processes_get_the_name_that_is_asked_for() -> None:
    assert parse('{"remoteUser": "vscode", "containerUser": "app"}').login == "vscode"
    assert parse('{"containerUser": "app"}').login == "app"
    for odd in ("../x", "-u", "A b", "1000:1000"):
        found = parse(f'{{"remoteUser": "{odd}"}}')
        assert found.login == "" and "no user can have this name" in found.unsupported[0]


def test_builds_stay_inside_the_repository() -> None:
    found = parse(
        '{"build": {"dockerfile": "Dockerfile", "context": "..", "args": {"V": "1"}, "target": "dev"}}'
    )
    assert found.build == Build(".devcontainer/Dockerfile", "", {"V": "1"}, "dev")
    assert parse('{"dockerFile": "../Dockerfile"}').build == Build("Dockerfile", ".devcontainer")
    for text in ('{"build": {"dockerfile": "../../x"}}', '{"build": {"dockerfile": "/etc/passwd"}}'):
        with pytest.raises(UsageError, match="leads out"):
            parse(text)


def test_commands_of_each_form() -> None:
    assert parse('{"postCreateCommand": "a && b"}').post_create == "(a && b)"
    assert parse('{"postCreateCommand": {"x": "a", "y": ["b", "c d"]}}').post_create == "(a) &&\n(b 'c d')"
    assert parse('{"postCreateCommand": ""}').post_create == ""


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"image": 1}', '{"build": "x"}', '{"mounts": {}}', '{"mounts": [1]}',
     '{"containerEnv": {"A": 1}}', '{"postCreateCommand": 1}', '{"forwardPorts": 3}', "[" * 100_000],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_its_name_and_a_way_out(text: str) -> None:
    with pytest.raises(UsageError, match=r"devcontainer\.json cannot be used") as refusal:
        parse(text)
    assert "--no-devcontainer" in refusal.value.hint


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('ab/*,"\\\n}]', max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("a/*,", max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(JSON, st.sampled_from([" // c, ]\n", "/* , } */", "\n"]))
def test_comments_and_closing_commas_change_nothing(value: object, comment: str) -> None:
    plain = json.dumps(value, indent=1)
    assert parse_jsonc(plain) == value
    commented = plain.replace("\n", comment + "\n") + comment
    assert parse_jsonc(commented) == value
