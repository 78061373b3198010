"""Texts to learn from, from any source."""

from pathlib import Path

from zoo.core import sources
from zoo.core.names import unknown
from zoo.writing import files, tiny_shakespeare
from zoo.writing.dataset import Text


def load(name_or_path: str) -> Text:
    """Tiny Shakespeare, or a user's text.

    Args:
        name_or_path: "tiny_shakespeare", a text file, or a folder of .txt files, which are read as one text. A file that is Tiny
            Shakespeare is taken for it.

    Raises:
        UserError: an unknown name, data that cannot be found, or a file that cannot be used.
    """
    path = Path(name_or_path)
    if name_or_path == tiny_shakespeare.NAME:
        text = Text(*tiny_shakespeare.load())
    elif path.exists():
        content = files.read(path)
        if tiny_shakespeare.is_it(content):
            text = Text(content, tiny_shakespeare.source("a file of the user's, recognised by its sha256"))
        else:
            how = f"a folder of {files.SUFFIX} files of the user's" if path.is_dir() else "a text file of the user's"
            text = Text(content, sources.of_user(path.stem or path.resolve().name, how))
    else:
        raise unknown("data set", name_or_path, (tiny_shakespeare.NAME,), "give a text file, or a folder of .txt files")
    sources.announce(text.source)
    return text
