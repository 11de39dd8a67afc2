# SPDX-License-Identifier: Apache-2.0
"""What the checks share: the files to judge, C text without comments and strings, and reporting.

Every check is a program of its own, `check-NAME [ROOT]`; it prints `fail: FILE:LINE: WHAT` for each
objection, or `pass: NAME`, and exits with 0 only if there was none.
"""
import os
import re
import subprocess
import sys

# Folders of data, not of text that we write: node trees, hostile inputs, recorded output.
DATA = ("tests/cases/nodes/", "tests/fuzz/corpus/", "tests/golden/")


def root():
    return sys.argv[1] if len(sys.argv) > 1 else "."


def every_file():
    """Paths of all files of the project, those not yet added to git too, sorted."""
    top = root()
    if os.path.exists(os.path.join(top, ".git")):
        listed = subprocess.run(
            ["git", "-C", top, "ls-files", "-z", "-co", "--exclude-standard"],
            check=True, capture_output=True).stdout.decode().split("\0")
        paths = [path for path in listed if path]
    else:
        paths = [os.path.relpath(os.path.join(folder, name), top)
                 for folder, _, names in os.walk(top) for name in names]
    return sorted(path for path in paths if os.path.isfile(os.path.join(top, path))
                  and not os.path.islink(os.path.join(top, path)))


def written_files():
    """Files that people write and read: no data."""
    return [path for path in every_file() if not path.startswith(DATA)]


def c_files():
    return [path for path in written_files() if path.endswith((".c", ".h"))]


def text_of(path):
    with open(os.path.join(root(), path), encoding="utf-8", errors="surrogateescape") as file:
        return file.read()


def lines_of(path):
    return text_of(path).split("\n")


_TOKENS = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def _blank(match):
    token = match.group(0)
    if token[0] in "\"'":
        return token[0] * 2
    return "\n" * token.count("\n") or " "


def code_lines_of(path):
    """The lines of a C file with comments gone and strings emptied; line numbers stay."""
    return _TOKENS.sub(_blank, text_of(path)).split("\n")


def finish(name, objections):
    """Reports (path, line number, what) and ends the program."""
    for path, line, what in objections:
        print(f"fail: {path}:{line}: {what}")
    if not objections:
        print(f"pass: {name}")
    sys.exit(1 if objections else 0)
