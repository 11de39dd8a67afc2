# SPDX-License-Identifier: Apache-2.0
"""RPM's database with one package, as the SQLite file that RPM keeps."""
import os
import sqlite3
import struct
import tempfile

NUMBERS, TEXT, TEXTS, STATES = 4, 6, 8, 1  # types of entries
SCHEMA = """
CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL);
CREATE TABLE 'Basenames' (key 'TEXT' NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL,
 FOREIGN KEY (hnum) REFERENCES 'Packages'(hnum));
CREATE INDEX 'Basenames_key_idx' ON 'Basenames'(key ASC);
"""


def _texts(*texts):
    return b"".join(text.encode() + b"\0" for text in texts)


def _numbers(*numbers):
    return b"".join(struct.pack(">I", number) for number in numbers)


def _header(name, version, installed, files):
    directories = sorted({os.path.dirname(file) + "/" for file in files})
    indexes = [directories.index(os.path.dirname(file) + "/") for file in files]
    entries = [(1000, TEXT, 1, _texts(name)), (1001, TEXT, 1, _texts(version)),
               (1008, NUMBERS, 1, _numbers(installed)), (1029, STATES, len(files), bytes(len(files))),
               (1037, NUMBERS, len(files), bytes(4 * len(files))), (1116, NUMBERS, len(files), _numbers(*indexes)),
               (1117, TEXTS, len(files), _texts(*map(os.path.basename, files))),
               (1118, TEXTS, len(directories), _texts(*directories))]
    index = data = b""
    for tag, kind, count, content in entries:
        data += bytes(-len(data) % 4)
        index += struct.pack(">IIII", tag, kind, len(data), count)
        data += content
    return struct.pack(">II", len(entries), len(data)) + index + data


def database(name, version, installed, files):
    """The bytes of a database that holds this package, installed at that time (seconds since 1970)."""
    with tempfile.TemporaryDirectory() as work:
        path = os.path.join(work, "rpmdb.sqlite")
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(SCHEMA)
        connection.execute("INSERT INTO Packages VALUES (1, ?)", [_header(name, version, installed, files)])
        connection.executemany("INSERT INTO Basenames VALUES (?, 1, ?)",
                               [(os.path.basename(file), index) for index, file in enumerate(files)])
        connection.commit()
        connection.close()
        with open(path, "rb") as file:
            return file.read()
