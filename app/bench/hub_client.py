"""What huggingface_hub alone needs for the same model: the other side of the comparison.

`python -m app.bench.hub_client ADDRESS REPOSITORY COMMIT FOLDER FILE...` downloads the files
and prints the seconds and the processor seconds that it took.
"""

from app.process import environment

environment.apply()

import json  # noqa: E402  (nothing may be imported before the environment is quiet)
import os  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402

os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"


def main() -> None:
    """Download the files, and print what it took."""
    from huggingface_hub import hf_hub_download

    address, repository, commit, folder, *files = sys.argv[1:]
    begin, begin_cpu = time.perf_counter(), time.process_time()
    for file in files:
        hf_hub_download(
            repository, file, revision=commit, endpoint=address, local_dir=folder, token=False
        )
    taken = time.perf_counter() - begin, time.process_time() - begin_cpu
    print(json.dumps({"seconds": taken[0], "cpu_s": taken[1]}))


if __name__ == "__main__":
    main()
