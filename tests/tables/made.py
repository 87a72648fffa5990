"""Spreadsheets as people make them, made here."""

import csv
import io
import zipfile

import xlsxwriter

from alliance.tables.reading import Choice, opened

USUAL = Choice()


def read(content, choice=USUAL, **options):
    """What it was taken for, and its rows."""
    with opened(content, choice, **options) as book:
        return book.found, list(book.rows)


def cells(content, choice=USUAL):
    """Its rows alone."""
    return [list(row.cells) for row in read(content, choice)[1]]


def text(*lines, end="\n", encoding="utf-8"):
    """Lines of a CSV file."""
    return "".join(line + end for line in lines).encode(encoding)


def table(rows, *, encoding="utf-8", **dialect):
    """A CSV file as a program writes it."""
    out = io.StringIO(newline="")
    csv.writer(out, **dialect).writerows(rows)
    return out.getvalue().encode(encoding)


def workbook(sheets, *, hidden=(), dates_from_1904=False, finish=None):
    """An XLSX file: sheets by name, each a list of rows."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "date_1904": dates_from_1904, "strings_to_formulas": False}
    )
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        if name in hidden:
            sheet.hide()
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if hasattr(value, "year"):
                    sheet.write_datetime(at, column, value, day)
                elif isinstance(value, str) and value.startswith("#"):
                    sheet.write_formula(at, column, "=NA()", None, value)
                else:
                    sheet.write(at, column, value)
        if finish:
            finish(book, sheet)
    book.close()
    return out.getvalue()


def repacked(content, **parts):
    """The same archive with some of its parts replaced, or with more of them."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, parts.pop(name, None) or old.read(name))
        for name, part in parts.items():
            new.writestr(name, part)
    return out.getvalue()
