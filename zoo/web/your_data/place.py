"""The folder of one visitor: what was uploaded, and the model that was trained on it. It ends with the visit."""

import os
import re
import shutil
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from zoo.core import cards
from zoo.core.cards import Card
from zoo.core.errors import UserError
from zoo.web import uploads
from zoo.web.your_data.kinds import Kind, Read

OUT = "out"  # the folder of the model's folder, as in the commands on its card
MOST_NAME = 60  # characters of a file's name that are kept


class Place:
    """A temporary folder with an upload and its model.

    Attributes:
        folder: the folder.
        data: the uploaded file, or the folder of what a zip held; None before an upload.
        read: what was read of it; None before.
        model: what `zoo.load` gives of the trained model; None before.
        learned: what was read of the data that the model was trained on; None before.
    """

    def __init__(self) -> None:
        # In the folder that Gradio serves files from: of a model elsewhere it would keep a copy, which outlives this place.
        self._temporary = tempfile.TemporaryDirectory(prefix="studio-", dir=os.environ.get("GRADIO_TEMP_DIR"))
        self.folder = Path(self._temporary.name)
        self.data: Path | None = None
        self.read: Read | None = None
        self.model: Any = None
        self.learned: Read | None = None
        self._reading: object = None  # the latest one
        self._guard = threading.Lock()
        self._users, self._left = 0, False

    def path_for(self, name: str) -> Path:
        """Where an upload of that name goes. What a shell or a card could misread in the name becomes an underscore."""
        stem, dot, suffix = name.rpartition(".")
        stem = re.sub(r"[^\w.-]+", "_", stem if dot else suffix)[:MOST_NAME].strip("._-")
        return self.folder / f"{stem or 'data'}{dot}{suffix.lower() if dot else ''}"

    def receive(self, kind: Kind, upload: str | Path | None) -> None:
        """Takes an upload, which is deleted where it was. Raises UserError for one that is not of the kind, or too large."""
        with uploads.taken(upload, kind.suffixes) as file:
            target = self.path_for(file.name)
            if kind.inside:
                target = target.with_suffix("")
                if target.name.lower() == OUT:
                    target = target.with_name("data")
                with uploads.unpacked(file, kind.inside) as folder:
                    shutil.move(folder, target)
            else:
                shutil.move(file, target)
        self.data = target

    def reread(self, reader: Callable[[Path], Read]) -> Read | None:
        """Reads the data, and forgets what was read of them before.

        Args:
            reader: of their path.

        Returns:
            What was read, or None where it no longer counts: another reading has begun since, or the visitor has left. An error
            does not count then, either.

        Raises:
            UserError: what the reader raises.
        """
        assert self.data is not None
        self.read, self._reading = None, (mine := object())
        try:
            with self.used():
                read = reader(self.data)
        except UserError:
            if self.left or self._reading is not mine:
                return None
            raise
        with self._guard:
            if self._left or self._reading is not mine:
                return None
            self.read = read
        return read

    @property
    def out(self) -> Path:
        """The folder of the model, named after the data."""
        assert self.data is not None
        return self.folder / OUT / self.data.stem

    @contextmanager
    def used(self) -> Iterator[None]:
        """Keeps the folder while somebody works in it, even if the visitor leaves."""
        with self._guard:
            if self._left:
                raise UserError("this page was closed: upload the file again")
            self._users += 1
        try:
            with self.without_paths():
                yield
        finally:
            with self._guard:
                self._users -= 1
            self._remove()

    @property
    def left(self) -> bool:
        """Whether the visit has ended, or other data have taken the place of these."""
        return self._left

    def leave(self) -> None:
        """The visit ends: the folder is deleted, as soon as nobody works in it."""
        with self._guard:
            self._left = True
        self._remove()

    def _remove(self) -> None:
        with self._guard:
            if self._left and not self._users:
                self._temporary.cleanup()

    def plain(self, text: str) -> str:
        """A text in which no folder of this machine stands: the names of the visitor's files stay."""
        return text.replace(f"{self.folder}/", "").replace(str(self.folder), "your data")

    @contextmanager
    def without_paths(self) -> Iterator[None]:
        """Takes the folder out of the words of an error."""
        try:
            yield
        except UserError as error:
            raise UserError(self.plain(str(error))) from error

    def forget_model(self) -> None:
        """Removes a model, and what an interrupted training has left."""
        self.model = None
        shutil.rmtree(self.folder / OUT, ignore_errors=True)

    def clean_card(self) -> Card:
        """Takes the folder out of the card and the page of the model, which gives the commands that its user can run."""
        from zoo.core.card_page import render  # imports TensorFlow, which has trained the model by now

        card = cards.read_card(self.out)
        card = Card.from_json(self.plain(card.to_json()))
        (self.out / cards.README).write_text(render(card, self.out), encoding="utf-8")
        card = replace(card, files=cards.describe_files(self.out))
        (self.out / cards.CARD).write_text(card.to_json(), encoding="utf-8")
        return card

    def packed(self) -> Path:
        """The model's folder as a zip, which is beside it."""
        file = self.out.with_name(f"{self.out.name}.zip")
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(self.out.rglob("*")):
                if path.is_file():
                    archive.write(path, Path(self.out.name) / path.relative_to(self.out))
        return file


class Places:
    """The places of all visitors, by the `session_hash` of Gradio's requests."""

    def __init__(self) -> None:
        self._places: dict[str, Place] = {}
        self._guard = threading.Lock()

    def new(self, client: str) -> Place:
        """An empty place for a visitor, whose older one is given up."""
        place = Place()
        with self._guard:
            before = self._places.pop(client, None)
            self._places[client] = place
        if before is not None:
            before.leave()
        return place

    def of(self, client: str) -> Place:
        """The place of a visitor. Raises UserError where there is no upload."""
        with self._guard:
            place = self._places.get(client)
        if place is None or place.data is None:
            raise UserError("there are no data yet: upload a file, or take the example")
        return place

    def leave(self, client: str) -> None:
        """A visitor has gone."""
        with self._guard:
            place = self._places.pop(client, None)
        if place is not None:
            place.leave()
