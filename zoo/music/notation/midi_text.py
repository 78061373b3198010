"""Texts in MIDI files, whose encoding the files do not say."""


def decoded(data: bytes) -> str:
    """A text in UTF-8; or else in Shift JIS, where it has bytes that no Western text has; or else in Latin-1, which has all."""
    encodings = ("utf-8", "shift_jis") if any(0x80 <= byte < 0xA0 for byte in data) else ("utf-8",)
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")
