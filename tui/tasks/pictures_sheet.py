"""The pictures of a task, which its agents get with the prompt: attached by their paths, and taken away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from core.errors import BoatyardError
from core.values.requests import AddImage, AttachImage
from tui.keys.actions import bindings
from tui.looks.durations import size
from tui.text.spans import Line
from tui.widgets.line_input import LineInput
from tui.widgets.pasted import pasted_path
from tui.widgets.rows import RowView
from tui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from core.values.prompting import Image
    from tui.engine.link import Link
    from tui.looks.look import Look


class PictureRows(RowView):
    """One row per picture."""

    def __init__(self) -> None:
        super().__init__(id="pictures")
        self.pictures: tuple[Image, ...] = ()

    def show(self, pictures: tuple[Image, ...]) -> None:
        self.pictures = pictures
        self.styles.height = min(max(2, len(pictures)), 12)
        self.rows_changed()

    @property
    def current(self) -> Image | None:
        """The picture at the cursor."""
        return self.pictures[self.cursor_row] if self.cursor_row < len(self.pictures) else None

    def row_count(self) -> int:
        return len(self.pictures)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        each = self.pictures[index]
        return ((f" {each.name}", "text"),), ((f"{each.mime_type}  {size(each.size)} ", "dim"),)

    def empty_text(self) -> Line:
        return ((" No picture yet", "dim"),)


HINTS = (
    "{accept} attach", "{sheet-next} list", "{picture-remove} take away", "{picture-back} undo",
    "{sheet-leave} close",
)  # fmt: skip


class PicturesSheet(Sheet[None]):
    """Changes what the task has at once; nothing waits for the sheet to close."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("pictures")]

    def __init__(self, link: Link, task_id: str, title: str) -> None:
        super().__init__(f"Pictures of {title}", *HINTS)
        self._link, self._task_id = link, task_id
        self._taken: list[Image] = []

    def body(self) -> ComposeResult:
        yield self.field("Attach", LineInput(placeholder="/path/of/a/picture.png", id="path", compact=True))
        yield PictureRows()

    def on_mount(self) -> None:
        self._rows = self.query_one(PictureRows)
        self.query_one("#path").focus()
        self._load()

    @work(group="pictures")
    async def _load(self) -> None:
        try:
            self._rows.show(await self._link.client.task_images(self._task_id))
        except BoatyardError as error:
            self._failed(error)

    def _failed(self, error: BoatyardError) -> None:
        self.problem(f"{error.message}\n{error.hint}".strip())

    def submit(self) -> None:
        path = self.query_one("#path", Input).value
        if path.strip():
            self._add(pasted_path(path))
        else:
            self.dismiss(None)

    @work(group="pictures")
    async def _add(self, path: str) -> None:
        try:
            image = await self._link.client.add_image(AddImage(path=path))
            self._rows.show(await self._link.client.attach_image(self._task_id, AttachImage(image=image.id)))
        except BoatyardError as error:
            self._failed(error)
            return
        self.problem("")
        self.query_one("#path", Input).value = ""

    @on(RowView.Chosen)
    def _chosen(self, event: RowView.Chosen) -> None:
        event.stop()

    def acts(self) -> Mapping[str, Callable[[], object]]:
        return {"picture-remove": self._take_away, "picture-back": self._back}

    @work(group="pictures")
    async def _take_away(self) -> None:
        picture = self._rows.current
        if picture is not None:
            async with self.in_turn:
                await self._take_away_now(picture)

    async def _take_away_now(self, picture: Image) -> None:
        try:
            await self._link.client.detach_image(self._task_id, picture.id)
        except BoatyardError as error:
            self._failed(error)
            return
        self._taken.append(picture)
        cast("Look", self.app).say(
            f"{picture.name} is taken away; {self.filled('{picture-back}')} brings it back"
        )
        self._load()

    @work(group="pictures")
    async def _back(self) -> None:
        async with self.in_turn:
            if not self._taken:
                return
            try:
                again = AttachImage(image=self._taken.pop().id)
                self._rows.show(await self._link.client.attach_image(self._task_id, again))
            except BoatyardError as error:
                self._failed(error)
