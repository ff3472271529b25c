"""A line to type into: what is typed is seen, also where it is too long; the screen is not laid out anew."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.screen import Screen

from tui.widgets.line_input import LineInput


class Line(App[None]):
    """One line, and how often the screen was laid out."""

    CSS = "LineInput { width: 20; height: 1; border: none; padding: 0; }"

    def __init__(self) -> None:
        super().__init__()
        self.laid_out = 0

    def compose(self) -> ComposeResult:
        yield LineInput(compact=True)

    def on_mount(self) -> None:
        self.screen.screen_layout_refresh_signal.subscribe(self.screen, self._count)

    def _count(self, _: Screen[object]) -> None:
        self.laid_out += 1


def shown(app: Line) -> str:
    return app.query_one(LineInput).render_line(0).text


async def test_a_text_longer_than_its_place_is_seen_where_one_types() -> None:
    app = Line()
    async with app.run_test() as pilot:
        await pilot.press(*"abcdefghijklmnopqrstuvwxyz")
        await pilot.pause()
        assert "xyz" in shown(app)
        await pilot.press("home")
        await pilot.pause()
        assert shown(app).startswith("abc")
        await pilot.press("end", "backspace", "X")
        await pilot.pause()
        assert "xyX" in shown(app)


async def test_typing_does_not_lay_out_the_screen() -> None:
    app = Line()
    async with app.run_test() as pilot:
        await pilot.pause()
        before = app.laid_out
        await pilot.press(*"abcdefghij")
        await pilot.pause()
        assert app.query_one(LineInput).value == "abcdefghij"
        assert app.laid_out == before
