"""A picture made small, in a process of its own.

`python -m core.review.decode_picture WIDTH HEIGHT RRGGBB [CELL_WIDTH CELL_HEIGHT COLOURS]`.

What a workspace has may be made to harm whoever decodes it: this process has limits on memory, time and
files, is killed by whoever started it, and has nothing to give away. Reads the picture from standard input;
writes one line, `FORMAT WIDTH HEIGHT SMALL_WIDTH SMALL_HEIGHT`, and the small picture as rows of RGB.

Where it is told of a terminal's cells, the picture that fits is written as Sixel behind that, filled up to
whole cells, and the rows of RGB are of two pixels a cell: the same cells in half blocks.
"""

from __future__ import annotations

import io
import resource
import sys
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
MOST_PIXELS = 50_000_000
MEMORY_BYTES = 1 << 30
CPU_SECONDS = 8
REFUSED = 3
"""The exit code where the reason is on standard error."""


def main(width: int, height: int, background: str, cell: tuple[int, int] | None, colours: int) -> int:
    """Decodes, and says why where that is not possible."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    from PIL import Image, ImageOps

    warnings.simplefilter("ignore")
    data = sys.stdin.buffer.read()
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            name, size = str(picture.format), picture.size
            if size[0] * size[1] > MOST_PIXELS:
                return _refused(f"it has {size[0]} x {size[1]} pixels, which is more than is decoded")
            picture.draft("RGB", (width, height))
            small = ImageOps.exif_transpose(picture).convert("RGBA")
            small.thumbnail((width, height))
    except MemoryError:
        return _refused("it takes more memory than it may")
    except Exception as error:  # a decoder of untrusted bytes fails in any way there is
        return _refused(f"it cannot be decoded: {str(error)[:200] or type(error).__name__}")
    ground = Image.new("RGBA", small.size, f"#{background}")
    seen = Image.alpha_composite(ground, small).convert("RGB")
    sixel = b""
    if cell:
        seen, sixel = _in_cells(seen, background, cell, colours)
    head = f"{name} {size[0]} {size[1]} {seen.width} {seen.height}\n"
    sys.stdout.buffer.write(head.encode() + seen.tobytes() + sixel)
    return 0


def _in_cells(
    picture: Picture, background: str, cell: tuple[int, int], colours: int
) -> tuple[Picture, bytes]:
    """The picture with two pixels a cell, and as Sixel."""
    from PIL import Image

    from core.review.sixel import sixel_of

    columns, rows = -(-picture.width // cell[0]), -(-picture.height // cell[1])
    whole = Image.new("RGB", (columns * cell[0], rows * cell[1]), f"#{background}")
    whole.paste(picture)
    return whole.resize((columns, rows * 2), Image.Resampling.BOX), sixel_of(whole, colours)


def _refused(reason: str) -> int:
    print(reason, file=sys.stderr)
    return REFUSED


if __name__ == "__main__":
    wide, high, colour, *terminal = sys.argv[1:]
    cell_width, cell_height, most = map(int, terminal or (0, 0, 0))
    cell = (cell_width, cell_height) if terminal else None
    raise SystemExit(main(int(wide), int(high), colour, cell, most))
