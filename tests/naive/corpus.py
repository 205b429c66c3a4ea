"""Slow and obvious versions of what malgil.corpus does quickly."""

from __future__ import annotations


def rechunk(sizes: list[int], block_rows: int, block_bytes: int) -> list[list[int]]:
    """Cut documents, given by their bytes, into blocks: a block ends before the document that is too much for it."""
    blocks: list[list[int]] = []
    for size in sizes:
        last = blocks[-1] if blocks else None
        if last is None or len(last) == block_rows or sum(last) + size > block_bytes:
            blocks.append([size])
        else:
            last.append(size)
    return blocks


def first_duplicate(ids: list[str]) -> tuple[str, int, int] | None:
    """Find the first document whose id an earlier one has, by comparing each with all before it."""
    for second, value in enumerate(ids):
        for first in range(second):
            if ids[first] == value:
                return value, first, second
    return None


def first_undecodable(data: bytes, codec: str) -> int | None:
    """Find the first byte that does not decode, with all of the file in hand."""
    try:
        data.decode(codec)
    except UnicodeDecodeError as error:
        return error.start
    return None


def split_record(record: str, delimiter: str) -> list[str]:
    """Cut one record of CSV into fields, one character after the other."""
    fields, position = [], 0
    while True:
        field = ""
        if record[position : position + 1] == '"':
            position += 1
            while True:
                if record[position : position + 2] == '""':
                    field += '"'
                    position += 2
                elif record[position] == '"':
                    position += 1
                    break
                else:
                    field += record[position]
                    position += 1
        else:
            while position < len(record) and record[position] != delimiter:
                field += record[position]
                position += 1
        fields.append(field)
        if position >= len(record):
            return fields
        position += 1
