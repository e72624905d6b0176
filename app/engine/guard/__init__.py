"""Refuses model folders that would make the runtime run, open or write what is no model.

A model's files are data from strangers, and the runtime trusts them: its configuration can name
a native library that runs on loading, files to be written and thousands of threads, and a chat
template can crash or hang the process. Everything here is checked before the runtime sees the
folder; what is not on a list of harmless things is refused, with the rule in words.
"""

from app.engine.guard.files import check_files
from app.engine.guard.reading import json_object
from app.engine.guard.settings import check_config
from app.engine.guard.templates import check_tokenizer

__all__ = ["check_config", "check_files", "check_tokenizer", "json_object"]
