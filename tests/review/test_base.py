"""What a diff is compared with, as people write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UsageError
from core.review.base import Base, BaseKind, parse_base


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("", Base(BaseKind.TARGET)),
        ("target", Base(BaseKind.TARGET)),
        ("turn", Base(BaseKind.TURN)),
        ("uncommitted", Base(BaseKind.UNCOMMITTED)),
        ("checkpoint:12", Base(BaseKind.CHECKPOINT, number=12)),
        ("commit:v1:x", Base(BaseKind.COMMIT, "v1:x")),
        ("workspace:other", Base(BaseKind.WORKSPACE, "other")),
    ],
)
def test_every_kind_is_read(text: str, base: Base) -> None:
    assert parse_base(text) == base


@pytest.mark.parametrize(
    "text",
    ["main", "turn:", "turn:1", "checkpoint", "checkpoint:", "checkpoint:0", "checkpoint:²", ":x", "commit"],
)
def test_anything_else_is_refused_with_what_can_be_said(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_base(text)
    assert "uncommitted" in caught.value.hint


@given(st.text(max_size=40))
def test_no_text_does_harm(text: str) -> None:
    try:
        parse_base(text)
    except UsageError:
        pass
