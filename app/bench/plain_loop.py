"""The shortest possible generate loop on the runtime: what the engine is held against."""

from __future__ import annotations

import json
import time
from pathlib import Path


class PlainLoop:
    """Greedy decoding without host, events or reuse; `model_folder` is a genai folder."""

    def __init__(self, model_folder: Path) -> None:
        import onnxruntime_genai as og

        self._og = og
        self._model = og.Model(str(model_folder))
        self._tokenizer = og.Tokenizer(self._model)

    def tokens_per_s(self, question: str, tokens: int, context: int) -> float:
        """Decode `tokens` tokens after the first one of the answer; tokens per second.

        `context` is the length in tokens that the cache is made for: the runtime takes it all
        at once, and attention in a larger one is slower, so both sides get the same.
        """
        prompt = self._tokenizer.apply_chat_template(
            json.dumps([{"role": "user", "content": question}]), add_generation_prompt=True
        )
        ids = self._tokenizer.encode(prompt)
        params = self._og.GeneratorParams(self._model)
        params.set_search_options(max_length=context, do_sample=False)
        generator = self._og.Generator(self._model, params)
        generator.append_tokens(ids)
        stream = self._tokenizer.create_stream()
        generator.generate_next_token()
        started = time.perf_counter()
        count = 0
        while not generator.is_done() and count < tokens:
            generator.generate_next_token()
            stream.decode(generator.get_next_tokens()[0])
            count += 1
        return count / (time.perf_counter() - started)
