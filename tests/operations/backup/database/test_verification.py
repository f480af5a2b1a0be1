"""Rows are counted in the dump itself."""

from operations.backup.database.verification import rows_of


def test_each_line_of_a_table_is_a_row() -> None:
    text = (
        b"SET client_encoding = 'UTF8';\n\n"
        b"COPY public.chat_message (id, content) FROM stdin;\n"
        b"1\tCOPY public.other (id) FROM stdin;\n"
        b"2\tline one\\nline two\n"
        b"3\t\\\\.\n"
        b"\\.\n\n"
        b'COPY public."Odd ""name""" (id) FROM stdin;\n'
        b"\\.\n"
        b"SELECT pg_catalog.setval('public.seq', 3, true);\n"
    )
    assert rows_of(text.splitlines(keepends=True)) == {"chat_message": 3, 'Odd "name"': 0}
