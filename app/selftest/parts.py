"""What is tried, part by part; each raises `AppError` where it does not work."""

from __future__ import annotations

import json
from collections.abc import Callable

from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.core.messages import Role
from app.paths import Paths, resources_dir, starter_bundle
from app.selftest.ground import Ground, failed
from app.selftest.services import services

TRY_WINDOW = "--try-window"
"""Has the program open its window, close it once everything is behind it, and end."""

_WORDS = "A self-test wrote this."
_RESOURCES = ("theme.json", "style.qss", "icons/lock.svg")
_PROCESSES = 2
# RFC 8032, section 7.1, test 3.
_KEY = bytes.fromhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
_SIGNED = b"\xaf\x82"
_SIGNATURE = (
    b"YpHWV97sJAJIJ+acOr4BowzlSKKEdDpEXjaA19taw6wY/5tTjRbykK5n92CYTcZZSnwV6XFu0o3AJ77O6h7ECg=="
)


def resources(_ground: Ground) -> str:
    """Icons, colours and styles are there."""
    folder = resources_dir()
    missing = [name for name in _RESOURCES if not (folder / name).is_file()]
    if missing:
        raise failed(f"Files of the program are missing: {', '.join(missing)}.")
    return "Icons and styles are there."


def model(ground: Ground) -> str:
    """The starter model is whole: the one that came along, else the person's own."""
    from app.models.starter import MODEL_ID, StarterModel

    bundle = starter_bundle()
    source = bundle if bundle.is_dir() else Paths.find().models / MODEL_ID
    starter = StarterModel(ground.paths.models, ground.paths.cache, bundle=source, build=None)
    starter.install(lambda _what, _share: None, CancelToken())
    return "The starter model is whole."


def answer(ground: Ground) -> str:
    """The engine host starts, loads the model and writes: starting alone proves little."""
    said = ground.command("ask", "What is the capital of France?", "--max-tokens", "12")
    count = int(said["usage"]["completion_tokens"])
    if count < 1 or not str(said["text"]).strip():
        raise failed("The model gave no answer.")
    speed = float(said["timing"]["decode_tokens_per_s"])
    return f"The model wrote {count} tokens on {said['device']} ({speed:.0f} a second)."


def seal(ground: Ground) -> str:
    """The command and the engine host are shut in; where the system cannot, that is said."""
    done = ground.start("privacy", "prove", "--json", "--data-dir", str(ground.paths.root))
    try:
        proof = json.loads(done.stdout)
        sentence, processes = str(proof["sentence"]), proof["processes"]
    except (ValueError, KeyError):
        raise failed("The proof of the seal could not be made.") from None
    if len(processes) != _PROCESSES:
        raise failed("The proof did not reach the model's process.")
    parts = [part for process in processes for part in process["seal"]["parts"]]
    if proof["holds"] or not all(part["holds"] for part in parts):
        # A system without seals is no fault of the installation; Tacit says so at every start.
        return sentence
    raise failed(sentence)


def courier(ground: Ground) -> str:
    """The courier starts, answers, refuses what it must, and ends."""
    from app import courier as couriers
    from app.network.verbs.starter import BUILD_STARTER, BuildStarter
    from app.settings.settings import Settings

    settings = Settings(ground.paths.settings_file, keep=False)
    running = couriers.start(ground.paths, settings)
    try:
        outside = str(ground.root / "outside")
        wish = BuildStarter(out=outside, cache=outside, allowed_by="the self-test")
        running.run(BUILD_STARTER, wish, CancelToken())
    except AppError as error:
        if error.code is not ErrorCode.NOT_ALLOWED:
            raise failed(f"The courier did not answer: {error.what}") from error
    else:
        raise failed("The courier would write where it may not.")
    finally:
        running.end()
    return "The courier starts, answers and ends."


def history(ground: Ground) -> str:
    """A conversation is written, encrypted, and read again."""
    from app.core.history_key import HistoryKey
    from app.store.connecting import key_id_of
    from app.store.history import History

    class OneKey:
        """Knows the key of this test."""

        def find(self, key_id: str) -> HistoryKey:  # noqa: ARG002
            """That key."""
            return key

    key, file = HistoryKey.new(), ground.paths.history_file
    written = History(file, keys=OneKey())
    written.open()
    try:
        conversation = written.create_conversation(title=_WORDS)
        written.add_message(conversation.id, None, Role.USER, _WORDS)
        written.encryption.switch_on(key)
    finally:
        written.close()
    if key_id_of(file) != key.id or _WORDS.encode() in file.read_bytes():
        raise failed("The history was not encrypted.")
    again = History(file, keys=OneKey())
    again.open()
    try:
        if [message.text for message in again.path(conversation.id)] != [_WORDS]:
            raise failed("What was written into the history could not be read again.")
        again.encryption.switch_off()  # the window's test has no keyring
    finally:
        again.close()
    return "A conversation was written, encrypted, and read again."


def keyring(_ground: Ground) -> str:
    """The system's keyring answers, or is politely absent."""
    from app.settings import secrets

    return secrets.probe().sentence


def updates(_ground: Ground) -> str:
    """A signature is told from a wrong one; what this build says of new versions is whole."""
    from app.updates import signature
    from app.updating import source

    signature.check(_KEY, _SIGNED, _SIGNATURE)
    try:
        signature.check(_KEY, _SIGNED + b"!", _SIGNATURE)
    except AppError:
        found = source()
    else:
        raise failed("A wrong signature was believed.")
    if found is None:
        return "Signatures are checked; this build names no place where versions are announced."
    return f"Signatures are checked; new versions are announced at {found.url.host}."


def window(ground: Ground) -> str:
    """The window opens on no screen, with everything behind it, and closes."""
    done = ground.start(TRY_WINDOW, str(ground.paths.root))
    if done.returncode != 0 or "closing" not in done.stdout:
        words = done.stderr.strip().splitlines()
        raise failed(f"The window did not open. {words[-1] if words else ''}".strip())
    return "The window opens and closes."


def silence(ground: Ground) -> str:
    """Nothing above left usage data behind; the last part, therefore."""
    found = ground.telemetry()
    if found:
        raise failed(f"A library collected usage data: {', '.join(found)}.")
    return "No library collected usage data."


ALL: dict[str, Callable[[Ground], str]] = {
    "resources": resources,
    "model": model,
    "answer": answer,
    "seal": seal,
    "courier": courier,
    "services": services,
    "history": history,
    "keyring": keyring,
    "updates": updates,
    "window": window,
    "silence": silence,
}
