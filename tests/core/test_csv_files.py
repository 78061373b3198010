"""How a text file is read as a table: in what form it is, its header, its rows, and what is refused in one line."""

import csv
import io
import os
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from zoo.core.csv_files import CsvFile
from zoo.core.csv_forms import AS_FOUND, Format
from zoo.core.csv_header import DELIMITERS
from zoo.core.errors import UserError

TABLE = "size,rooms,town\n44.19,1,Wien\n105.00,4,Linz\n36.89,1,Wels\n"
CELLS = [["44.19", "1", "Wien"], ["105.00", "4", "Linz"], ["36.89", "1", "Wels"]]


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path: Path, content: str | bytes, csv_format: Format = AS_FOUND) -> tuple[list[str], list[list[str]]]:
    file = CsvFile(write(path / "a.csv", content), csv_format)
    return file.header, [cells for _, cells in file.rows()]


@pytest.mark.parametrize(
    ("content", "notice"),
    [
        (TABLE, ""),
        (TABLE.replace(",", ";"), "cells are separated by semicolons"),
        (TABLE.replace(",", "\t"), "cells are separated by tabs"),
        (TABLE.replace(",", "|"), "cells are separated by bars"),
        ("\ufeff" + TABLE, ""),
        (TABLE.encode("utf-16"), "it is in UTF-16"),
        (b"\xfe\xff" + TABLE.encode("utf-16-be"), "it is in UTF-16"),
        (TABLE.replace("\n", "\r\n"), ""),
        (TABLE.replace("\n", "\r"), ""),
        (TABLE.replace("\n", "\r\n", 1).replace("Linz\n", "Linz\r"), ""),
        ("sep=;\n" + TABLE.replace(",", ";"), "cells are separated by semicolons"),
        ("sep=,\r\n" + TABLE, ""),
        (
            "# exported by a tool; do not edit\n\n" + TABLE,
            "the header is row 3; what is before it is left out, the last line '# exp",
        ),
        ("Sales 2024\n" + TABLE, "the header is row 2; what is before it is left out, the last line 'Sales 2024'"),
        ("Sales 2024,,\nall towns,,\n,,\n" + TABLE, "the header is row 4"),
        ("Sales, 2024\n" + TABLE, "the header is row 2"),
        (TABLE.replace("\n", ",\n").replace("town,", "town", 1), ""),
        (TABLE.replace("town", "town,"), ""),
        (TABLE + "# the end\n", "lines that begin with # are left out: 1"),
        ("# a, b, c\n" + TABLE, "the header is row 2"),
        (TABLE.replace("Wien", '"Wien"').replace("Linz", ' "Linz" '), ""),
    ],
)
def test_the_form_of_a_file_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | bytes, notice: str
) -> None:
    header, rows = read(tmp_path, content)
    assert header == ["size", "rooms", "town"]
    assert rows == CELLS
    told = capsys.readouterr().err.splitlines()
    assert len(told) == bool(notice)
    assert all(line.startswith(f"data: {tmp_path / 'a.csv'}: {notice}") for line in told)


def test_rows_with_names_of_their_own_have_a_column_without_a_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert read(tmp_path, '"size","town"\n"1",44,"Wien"\n"2",105,"Linz"\n')[0] == ["", "size", "town"]
    assert "the header has no name for the first cells" in capsys.readouterr().err
    assert read(tmp_path, '"size"\n"Elm Street",44\n"Oak Street",105\n') == (
        ["", "size"],
        [["Elm Street", "44"], ["Oak Street", "105"]],
    )
    with pytest.raises(UserError, match="row 2: 3 cells, but the header has 2: a cell that contains commas must be in quotes"):
        read(tmp_path, "text,label\nIt was good, really,1\nNo, it was bad,0\n")


def test_commas_in_texts_do_not_hide_another_delimiter(tmp_path: Path) -> None:
    assert read(tmp_path, "text;label\nFine, really;1\nDull, and long;0\n")[1][0] == ["Fine, really", "1"]
    assert read(tmp_path, "a;b;y\n1,5;2,5;3\n2,5;3,5;4\n")[0] == ["a", "b", "y"]
    assert read(tmp_path, "name,genres,y\nx,a|b,1\nz,c,2\n")[0] == ["name", "genres", "y"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("x,cm;y,cm\n1,5;2,5\n2,5;3,5\n", "its cells may be separated by commas or by semicolons: give the delimiter"),
        ("a,b;c\n", "its cells may be separated by commas or by semicolons"),
        (
            "k,ö\n1,2\n".encode("latin-1"),
            r"line 1: the byte 0xF6 in 'k,\?' is not of UTF-8: give the encoding, perhaps cp1252",
        ),
        ("k,o\n1,2\n3,ö\n".encode("latin-1"), "line 3: the byte 0xF6"),
        (TABLE.encode("utf-16-le"), "every second byte is 0: give the encoding utf-16-le"),
        (TABLE.encode("utf-16-be"), "every second byte is 0: give the encoding utf-16-be"),
        (TABLE.encode("utf-16")[:-1], "after line 3: it is not in UTF-16"),
        (TABLE + "1,2,a\0b\n", "line 5: a NUL character"),
        ("", r"a\.csv has no rows: it needs a header"),
        ("\n  \n", "has no rows"),
        ("\ufeff", "has no rows"),
        ("sep=;\n", "has no rows"),
        (b"PK\x03\x04....", "is a spreadsheet or a zip archive, not a text file"),
        (
            "a,price\n1,187,513\n2,247,783\n",
            "row 2: 3 cells, but the header has 2: .* in quotes; .* begin the header with an empty",
        ),
        (TABLE + '3,4,"Graz\n5,6,Wien\n', "row 5: the quote before 'Graz' is never closed: close it"),
        (TABLE + '3,"\nx\ny",2\n3,4,"Graz\n5,6,Wien\n', r"row 6 \(line 8\): the quote before 'Graz' is never closed"),
        (TABLE + '"3\n4",5,"Graz\n5,6,Wien\n', "row 5, line 6: the quote before 'Graz' is never closed"),
        (TABLE + '3,4,"Graz\n5,6,"Wien"\n', "row 5: the quote before 'Graz' closes in line 6 only, before 'Wien"),
        (TABLE + '3,4,"Graz\n5,6,Wien"\n7,8\n', "row 6 .line 7.: 2 cells, but the header has 3"),
        (TABLE + '3,"4\n5",6,7\n', "row 5: 4 cells, but the header has 3; it goes on to line 6: is a closing quote missing?"),
        (TABLE + '3,4,"40" TV\n', "row 5: after the closing quote of '40\" TV' comes ' TV': write a quote that is a part"),
        (TABLE + "3,4\n", "row 5: 2 cells, but the header has 3$"),
        (TABLE + "\nSource: city\n", "row 6: 1 cell, but the header has 3: if it is a note and not a row of the table, remove"),
        (TABLE + "3,4,5,6\n", "row 5: 4 cells, but the header has 3: a cell that contains commas must be in quotes"),
        ("My table\nkind,town\na,Graz\n", "row 2: 2 cells, but the header has 1: if row 1 is a title, remove it"),
    ],
)
def test_what_is_no_such_table_or_not_certain_is_one_line(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(UserError, match=message) as error:
        read(tmp_path, content)
    assert "\n" not in str(error.value)


def test_what_is_not_certain_can_be_said(tmp_path: Path) -> None:
    header, rows = read(tmp_path, "x,cm;y,cm\n1,5;2,5\n", Format(delimiter=";"))
    assert (header, rows) == (["x,cm", "y,cm"], [["1,5", "2,5"]])
    assert read(tmp_path, "k,ö\n1,2\n".encode("cp1252"), Format(encoding="cp1252"))[0] == ["k", "ö"]
    assert read(tmp_path, TABLE.encode("utf-16-le"), Format(encoding="utf-16-le"))[1] == CELLS
    assert read(tmp_path, TABLE.encode("utf-16"), Format(encoding="utf-16-le"))[1] == CELLS
    assert read(tmp_path, TABLE.replace(",", " "), Format.named("space", None, None))[1] == CELLS
    assert read(tmp_path, 'n,tv\n1,"40" TV\n2,"5\n', Format.named(None, None, "none"))[1] == [["1", '"40" TV'], ["2", '"5']]
    assert read(tmp_path, "n,tv\n1,'a, b'\n", Format.named(None, None, "single"))[1] == [["1", "a, b"]]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((";;", None, None), "';;' cannot separate cells"),
        (('"', None, None), "cannot separate cells"),
        ((None, "klingon", None), "no encoding is called 'klingon'"),
        ((None, "hex", None), "no encoding is called 'hex'"),
        ((None, None, "x"), "'x' is no quotation mark"),
    ],
)
def test_a_form_that_no_file_has_is_refused(words: tuple[str | None, str | None, str | None], message: str) -> None:
    with pytest.raises(UserError, match=message):
        Format.named(*words)


def test_an_encoding_against_the_mark_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="begins with the mark of utf-8, so it is not in cp1252"):
        read(tmp_path, "\ufeff" + TABLE, Format(encoding="cp1252"))
    with pytest.raises(UserError, match=r"line 1: the byte 0x81 in .* is not of CP1252: give another encoding"):
        read(tmp_path, b"a\x81,b\n1,2\n", Format(encoding="cp1252"))


def test_quotes_of_other_kinds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert read(tmp_path, 'n,tv\n1,40"\n2,55" wide\n')[1] == [["1", '40"'], ["2", '55" wide']]
    escaped = 'n,t\n1,"say \\"hi\\", ok"\n2,"C:\\new"\n3,"ends with \\\\"\n'
    assert read(tmp_path, escaped)[1] == [["1", 'say "hi", ok'], ["2", "C:\\new"], ["3", "ends with \\\\"]]
    assert "a backslash before a quote makes it a part of the text" in capsys.readouterr().err
    assert read(tmp_path, 'n,t\n1,"C:\\"\n2,b\n')[1] == [["1", "C:\\"], ["2", "b"]]
    assert read(tmp_path, "n,'t'\n1,'a, b'\n2,'it''s'\n") == (["n", "t"], [["1", "a, b"], ["2", "it's"]])
    assert "cells are in single quotes" in capsys.readouterr().err
    assert read(tmp_path, "n,t\n1,'tis\n2,'a'\n")[1] == [["1", "'tis"], ["2", "'a'"]]
    assert read(tmp_path, "n,t\n") == (["n", "t"], [])
    assert capsys.readouterr().err == ""


def test_rows_know_their_places(tmp_path: Path) -> None:
    file = CsvFile(write(tmp_path / "a.csv", 'n,t\n1,"a\nb"\n\n2,c\n'))
    assert [str(place) for place, _ in file.rows()] == ["2", "4 (line 5)"]
    assert [cells for _, cells in file.rows()] == [["1", "a\nb"], ["2", "c"]]


def test_rows_within_quotes_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    swallowing = 'a,b,note\n1,2,x\n3,4,"y\n5,6,z\n7,8,z\n9,10,z"\n11,12,"a, b\nlong, one\nand c"\n'
    assert len(read(tmp_path, 'a,b,c,note\n1,"x, y,\nz",2,"u, v\nw, x, y"\n')[1]) == 1
    assert "look like rows" not in capsys.readouterr().err
    assert len(read(tmp_path, 'a,b,c,d\n1,"x,2,3\n4,y",5,6\n')[1]) == 1
    assert "row 2: a cell in quotes holds lines that look like rows" in capsys.readouterr().err
    assert len(read(tmp_path, swallowing)[1]) == 3
    assert "row 3: a cell in quotes holds lines that look like rows: is a closing quote missing?" in capsys.readouterr().err
    with pytest.raises(UserError, match="row 3: a cell in quotes holds lines that look like rows: is a closing quote missing"):
        read(tmp_path, swallowing.replace("7,8,z\n", "7,8,z\n" * 5))


def test_a_column_is_found_by_its_name(tmp_path: Path) -> None:
    file = CsvFile(write(tmp_path / "a.csv", '"size\n(m2)", rooms ,Town,Town\n1,2,3,4\n'))
    assert file.header == ["size\n(m2)", "rooms", "Town", "Town"]
    assert file.column("size (m2)") == file.column("size\n(m2)") == 0
    assert file.column("rooms") == 1
    with pytest.raises(UserError, match="'a~b'; if its cells are not separated by commas, give the delimiter"):
        CsvFile(write(tmp_path / "b.csv", "a~b\n1~2\n")).column("a")
    with pytest.raises(UserError, match="has 2 columns called 'Town'"):
        file.column("Town")
    with pytest.raises(UserError, match=r"has no column 'ROOMS': there are .*; 'rooms' has other capitals"):
        file.column("ROOMS")


def test_a_pipe_is_refused_since_it_is_read_twice(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")
    with pytest.raises(UserError, match=r"a\.csv is no regular file: write it to a file first"):
        CsvFile(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("content", "cells"),
    [
        ("n\n1\n\n3\n", ["1", "", "3"]),
        ("\nn\n1\n  \n\n3\n \n\n", ["1", "", "", "3"]),
        ('n\n1\n\n""\n\n', ["1", "", ""]),
    ],
)
def test_a_blank_line_is_a_missing_cell_of_a_single_column(tmp_path: Path, content: str, cells: list[str]) -> None:
    assert [row for (row,) in read(tmp_path, content)[1]] == cells


def test_blank_lines_of_several_columns_are_left_out(tmp_path: Path) -> None:
    assert read(tmp_path, "n,m\n1,a\n\n \n,\n3,\n \n   ")[1] == [["1", "a"], ["", ""], ["3", ""]]


# Without lone carriage returns, around which Python's csv module writes no quotes in all versions.
TEXTS = st.text(st.sampled_from("ab1 ,;|\t\"'\\#é\n"), max_size=8)


@pytest.mark.slow
@settings(max_examples=60)
@given(
    st.lists(st.tuples(TEXTS, TEXTS, st.sampled_from(["good", "bad"])), min_size=1, max_size=8),
    st.sampled_from(list(DELIMITERS)),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], delimiter: str, quoting: int, end: str
) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows([("review", "note", "stars"), *rows])  # type: ignore[arg-type]
    path = write(tmp_path_factory.mktemp("csv") / "a.csv", text.getvalue())
    told = Format(delimiter=delimiter, quote='"')
    assert [tuple(cells) for _, cells in CsvFile(path, told).rows()] == rows
    # A single quote or a backslash beside a quote may be a part of the form: which it is, no file of a few rows tells.
    assume(not any(cell.startswith("'") or '\\"' in cell for row in rows for cell in row))
    found = CsvFile(path)
    assert found.header == ["review", "note", "stars"]
    assert [tuple(cells) for _, cells in found.rows()] == rows
