"""Which kept sequence a prompt takes, what of it is kept, and when a further one is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hypothesis import given
from hypothesis import strategies as st

from app.engine.prefix import MAX_SLOTS, Slot, SlotPool, common_prefix
from app.engine.sampling import GREEDY, Drawing
from tests.fakes.runtime import FakeModel, encode

SYSTEM = "<|system|>Be kind<|end|>"


def pool_of(
    model: FakeModel, *, may_add: Callable[[], bool] = lambda: True, keep: bool = True
) -> SlotPool:
    return SlotPool(lambda drawing: model.new_generator(4000, drawing), may_add, keep=keep)


def read(
    pool: SlotPool, text: str, *, exact: bool = False, drawing: Drawing = GREEDY
) -> tuple[Slot, int]:
    """Read a prompt as an answer does; returns what was kept of it."""
    tokens = encode(text)
    slot = pool.take(tokens, drawing, exact=exact)
    kept = len(slot.tokens)
    slot.read(tokens[kept:])
    return slot, kept


def ask(question: str, *, system: str = SYSTEM, history: str = "") -> str:
    return f"{system}{history}<|user|>{question}<|end|><|assistant|>"


@given(st.lists(st.integers(0, 2)), st.lists(st.integers(0, 2)))
def test_common_prefix(one: list[int], other: list[int]) -> None:
    length = common_prefix(one, other)
    assert one[:length] == other[:length]
    assert length == min(len(one), len(other)) or one[length] != other[length]


def test_a_conversation_that_goes_on_reads_only_what_is_new() -> None:
    model = FakeModel("Hello.")
    pool = pool_of(model)
    first = ask("Hi")
    slot, _ = read(pool, first)
    while slot.next():
        pass
    again, kept = read(pool, first + "Hello.<|end|><|user|>And?<|end|><|assistant|>")
    assert again is slot
    assert kept == len(encode(first + "Hello."))
    assert model.generators[0].tokens == again.tokens


def test_tokens_chosen_by_the_caller_are_kept_too() -> None:
    model = FakeModel()
    pool = pool_of(model)
    slot, _ = read(pool, ask("Hi"))
    for token in encode("Yes"):
        slot.push(token)
    _, kept = read(pool, ask("Hi") + "Yes<|end|><|user|>And?")
    assert kept == len(encode(ask("Hi") + "Yes"))


def test_asking_again_reads_two_tokens_and_never_one() -> None:
    model = FakeModel()
    pool = pool_of(model)
    read(pool, ask("Hi"))
    _, kept = read(pool, ask("Hi"))
    assert kept == len(encode(ask("Hi"))) - 2
    assert model.read_pieces[-1] == 2


def test_with_exact_generated_tokens_are_read_again() -> None:
    pool = pool_of(FakeModel("Hello."))
    slot, _ = read(pool, ask("Hi"))
    while slot.next():
        pass
    following = ask("Hi") + "Hello.<|end|><|user|>And?<|end|><|assistant|>"
    slot, kept = read(pool, following, exact=True)
    assert kept == len(encode(ask("Hi")))
    # All of it was read now, so that all of it is exact.
    _, kept = read(pool, following, exact=True)
    assert kept == len(encode(following)) - 2


def test_what_was_read_behind_generated_tokens_is_not_exact() -> None:
    pool = pool_of(FakeModel("Hello."))
    slot, _ = read(pool, ask("Hi"))
    while slot.next():
        pass
    following = ask("Hi") + "Hello.<|end|><|user|>And?<|end|><|assistant|>"
    read(pool, following)
    _, kept = read(pool, following, exact=True)
    assert kept == len(encode(ask("Hi")))


def test_an_edited_question_keeps_what_came_before_it() -> None:
    pool = pool_of(FakeModel())
    history = "<|user|>Hi<|end|><|assistant|>Hello, what can I do for you?<|end|>"
    slot, _ = read(pool, ask("Tell a story", history=history))
    again, kept = read(pool, ask("Sing", history=history))
    assert again is slot
    assert kept == len(encode(SYSTEM + history + "<|user|>"))


def test_another_conversation_takes_another_slot_and_the_first_can_be_gone_back_to() -> None:
    pool = pool_of(FakeModel())
    long = ask("A long question " * 20)
    slot, _ = read(pool, long)
    other, kept = read(pool, ask("Quite another one " * 20))
    assert other is not slot
    assert kept == 0
    back, kept = read(pool, long + "x")
    assert back is slot
    assert kept == len(encode(long)) - 1


def test_beyond_the_last_slot_the_one_unused_for_longest_is_taken() -> None:
    model = FakeModel()
    pool = pool_of(model)
    slots = [read(pool, ask(f"{n}" * 200))[0] for n in range(MAX_SLOTS)]
    read(pool, ask("0" * 200))
    taken, kept = read(pool, ask("x" * 200))
    assert taken is slots[1]
    assert len(model.generators) == MAX_SLOTS
    assert kept == len(encode(SYSTEM + "<|user|>"))


def test_without_memory_for_another_the_only_slot_serves_all() -> None:
    model = FakeModel()
    pool = pool_of(model, may_add=lambda: False)
    first, _ = read(pool, ask("a" * 200))
    second, _ = read(pool, ask("b" * 200))
    assert first is second
    assert len(model.generators) == 1


def test_a_slot_that_memory_refuses_after_all_is_done_without() -> None:
    model = FakeModel()
    pool = pool_of(model)
    first, _ = read(pool, ask("a" * 200))
    model.refuse_generator = lambda _length: True
    second, _ = read(pool, ask("b" * 200))
    assert first is second


def test_the_prepared_slot_is_the_first_that_is_used() -> None:
    model = FakeModel()
    pool = pool_of(model)
    pool.prepare(GREEDY)
    read(pool, ask("Hi"))
    assert len(model.generators) == 1


def test_a_model_that_cannot_go_back_reads_from_the_start() -> None:
    model = FakeModel(can_rewind=False)
    pool = pool_of(model)
    first, _ = read(pool, ask("Hi"))
    second, kept = read(pool, ask("Hi") + "Hello.<|end|>")
    assert second is not first
    assert kept == 0
    assert len(pool) == 1


def test_a_device_that_cannot_go_on_gets_a_new_slot_each_time() -> None:
    model = FakeModel(goes_on=False)
    pool = pool_of(model, keep=False)
    pool.prepare(GREEDY)
    slot, _ = read(pool, ask("Hi"))
    for token in encode("Yes"):
        slot.push(token)
    assert model.generators[0].forced == 3
    _, kept = read(pool, ask("Hi"))
    assert kept == 0
    assert len(pool) == 1
    assert len(model.generators) == 2


WARM = Drawing(temperature=0.7, top_p=0.95, top_k=50, repetition_penalty=1.0)


def test_a_new_slot_draws_as_it_is_wanted_to() -> None:
    model = FakeModel()
    pool = pool_of(model)
    pool.prepare(GREEDY)
    slot, _ = read(pool, ask("Hi"), drawing=WARM)
    assert slot.drawing == model.generators[-1].drawing == WARM
    assert len(pool) == 1  # the prepared one, unread, gave way


def test_what_was_read_is_worth_more_than_the_drawing() -> None:
    pool = pool_of(FakeModel())
    first, _ = read(pool, ask("A question that is longer"), drawing=GREEDY)
    again, kept = read(pool, ask("A question that is longer"), drawing=WARM)
    assert again is first
    assert kept > 32
    assert again.drawing == GREEDY


def test_a_dropped_slot_is_not_taken_again() -> None:
    pool = pool_of(FakeModel())
    slot, _ = read(pool, ask("Hi"))
    pool.drop(slot)
    again, kept = read(pool, ask("Hi"))
    assert again is not slot
    assert kept == 0


@given(st.lists(st.lists(st.integers(10, 12), min_size=1, max_size=12), max_size=8), st.booleans())
def test_whatever_is_asked_the_model_has_read_exactly_that(
    prompts: Sequence[list[int]], exact: bool
) -> None:
    model = FakeModel("Hello.")
    pool = pool_of(model)
    for prompt in prompts:
        slot = pool.take(prompt, GREEDY, exact=exact)
        slot.read(prompt[len(slot.tokens) :])
        assert slot.tokens == prompt
        assert any(generator.tokens == prompt for generator in model.generators)
        slot.next()
        slot.next()
