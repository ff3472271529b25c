"""Format and size of pictures, from their first bytes, whatever those are."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.review.files import read_file_window
from core.review.pictures import picture_words

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 640, 480) + b"\x08\x06\0\0\0"
GIF = b"GIF89a" + struct.pack("<HH", 12, 7) + b"\0\0\0"
JPEG = (
    b"\xff\xd8\xff\xe0\0\x10JFIF\0"
    + b"\0" * 9
    + b"\xff\xc0\0\x11\x08"
    + struct.pack(">HH", 300, 500)
    + b"\x03"
)
VP8X = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0" + b"\0" * 4 + (99).to_bytes(3, "little") + (49).to_bytes(3, "little")
VP8L = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + (9 | 19 << 14).to_bytes(4, "little")
VP8 = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 33, 44)


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (PNG, "PNG picture, 640 x 480 pixels"), (GIF, "GIF picture, 12 x 7 pixels"),
        (JPEG, "JPEG picture, 500 x 300 pixels"), (VP8X, "WebP picture, 100 x 50 pixels"),
        (VP8L, "WebP picture, 10 x 20 pixels"), (VP8, "WebP picture, 33 x 44 pixels"),
        (PNG[:10], "PNG picture"), (JPEG[:6], "JPEG picture"), (b"\x7fELF", ""), (b"", ""),
    ],
)  # fmt: skip
def test_a_picture_says_what_it_is(head: bytes, words: str) -> None:
    assert picture_words(head) == words


@given(st.sampled_from([PNG, GIF, JPEG, VP8X, VP8L, VP8, b""]), st.integers(0, 60), st.binary(max_size=200))
def test_whatever_the_bytes_are_there_is_an_answer(head: bytes, cut: int, rest: bytes) -> None:
    assert isinstance(picture_words(head[:cut] + rest), str)


async def test_a_window_of_a_picture_says_what_it_is_instead_of_lines(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(PNG + bytes(500))
    content = await read_file_window(tmp_path, "a.png")
    assert content.binary and content.about == "PNG picture, 640 x 480 pixels" and not content.lines
