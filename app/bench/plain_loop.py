"""The shortest possible generate loop on the runtime: what the engine is held against.

Run as a module with a model folder and the length of the context, it answers each line
"TOKENS QUESTION" of its input with the tokens per second.
"""

from app.process import environment

environment.apply()

import json  # noqa: E402  (nothing may be imported before the environment is quiet)
import subprocess  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from contextlib import contextmanager  # noqa: E402
from pathlib import Path  # noqa: E402

from app.bench import programs  # noqa: E402


class PlainLoop:
    """Greedy decoding without host, events or reuse; `folder` is a genai folder.

    `context` is the length in tokens that the cache is made for: the runtime takes it all at
    once, and attention in a larger one is slower, so the engine's own is given.
    """

    def __init__(self, folder: Path, context: int) -> None:
        from app.engine.binding import genai

        self._og = og = genai()
        self._model = og.Model(str(folder))
        self._tokenizer = og.Tokenizer(self._model)
        self._context = context

    def tokens_per_s(self, question: str, tokens: int) -> float:
        """Decode `tokens` tokens after the first one of the answer; tokens per second."""
        prompt = self._tokenizer.apply_chat_template(
            json.dumps([{"role": "user", "content": question}]), add_generation_prompt=True
        )
        params = self._og.GeneratorParams(self._model)
        params.set_search_options(max_length=self._context, do_sample=False)
        generator = self._og.Generator(self._model, params)
        generator.append_tokens(self._tokenizer.encode(prompt))
        stream = self._tokenizer.create_stream()
        generator.generate_next_token()
        started = time.perf_counter()
        count = 0
        while not generator.is_done() and count < tokens:
            generator.generate_next_token()
            stream.decode(generator.get_next_tokens()[0])
            count += 1
        return count / (time.perf_counter() - started)


class PlainProcess:
    """A plain loop in a process of its own, as the engine's is."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def tokens_per_s(self, question: str, tokens: int) -> float:
        """See `PlainLoop`."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the plain loop has no streams")
        self._process.stdin.write(f"{tokens} {question}\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())


@contextmanager
def plain_process(folder: Path, context: int) -> Iterator[PlainProcess]:
    """A plain loop that has been run once."""
    with subprocess.Popen(
        programs.command("plain_loop", str(folder), str(context)),
        env=programs.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        plain = PlainProcess(process)
        plain.tokens_per_s("Say hello.", 8)
        yield plain


def main() -> None:
    """Answer line by line until the input ends."""
    loop = PlainLoop(Path(sys.argv[1]), int(sys.argv[2]))
    for line in sys.stdin:
        tokens, question = line.rstrip("\n").split(" ", 1)
        print(loop.tokens_per_s(question, int(tokens)), flush=True)


if __name__ == "__main__":
    main()
