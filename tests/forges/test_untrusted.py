"""A host may answer anything: what is strange is passed over or told, and never taken for something else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BoatyardError, ForgeError
from core.forges import gitea, github, gitlab
from core.forges.answers import raise_for
from core.forges.forge import commit_id, moment, number, text
from core.forges.links import next_page

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
NAMES = (
    "number", "iid", "title", "body", "description", "draft", "state", "merged", "merged_at", "head", "base",
    "sha", "ref", "merge_commit_sha", "user", "login", "path", "line", "start_line", "position", "side",
    "old_line", "new_line", "line_range", "start", "id", "created_at", "output", "app", "notes", "resolved",
)  # fmt: skip
OBJECTS = st.dictionaries(st.sampled_from(NAMES), JSON, max_size=12)


@given(OBJECTS)
def test_objects_with_anything_in_them(document: dict[str, Any]) -> None:
    for module in (github, gitlab, gitea):
        pull = module._pull(document)
        assert pull.number >= 0 and (not pull.head or len(pull.head) in (40, 64))
    github._comment(document, set(), [])
    github._run(document)
    github._status(document)
    github._remark(document, "reviews")
    gitlab._note(document, 0, 1, "")
    gitlab._check(document)
    gitea._comment(document)
    gitea._check(document, "https://host/api/v1")


@given(JSON)
def test_anything_in_place_of_a_pull_request(document: Any) -> None:
    if not isinstance(document, dict):
        for module in (github, gitlab, gitea):
            with pytest.raises(ForgeError):
                module._pull(document)
    assert isinstance(text(document, "a", "b"), str) and number(document) >= 0
    moment(document)


@given(JSON, st.sampled_from([400, 401, 403, 404, 409, 422, 429, 500]), st.text(max_size=30))
def test_errors_of_any_form_are_told(document: Any, status: int, header: str) -> None:
    for each in (header, "nan", "inf", "-1", "1e400"):
        _told(document, status, each)


def _told(document: Any, status: int, header: str) -> None:
    headers = {"Retry-After": header, "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": header}
    with pytest.raises(BoatyardError) as caught:
        raise_for(status, headers, json.dumps(document).encode(), "host", 0.0, lambda said: said)
    assert len(caught.value.message) < 1000


@given(st.text(max_size=60))
def test_any_link_header(header: str) -> None:
    found = next_page(header, "https://host.example/list")
    assert found is None or found.startswith("https://host.example")


@pytest.mark.parametrize("wrong", ["--output=x", "HEAD", "a" * 39, "A" * 40, "a" * 40 + "\n", "-" * 40])
def test_only_an_id_is_a_commit(wrong: str) -> None:
    assert commit_id({"sha": wrong}, "sha") == ""
    assert commit_id({"sha": "a" * 40}, "sha") == "a" * 40
