"""A bounded queue that accounts for every entry."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from logs.buffer import BATCH_SIZE, Buffer, Counters, Entry

CAPACITY, CAPACITY_BYTES = 12, 100


def entry(number: int, size: int = 1) -> Entry:
    return Entry(str(number), bytes(size))


def numbers(entries: list[Entry]) -> list[int]:
    return [int(entry.collection) for entry in entries]


def filled(count: int, **bounds: int) -> Buffer:
    buffer = Buffer(**bounds)
    for number in range(count):
        buffer.add(entry(number))
    return buffer


def test_entries_are_taken_in_order_and_at_most_a_batch_at_a_time() -> None:
    buffer = filled(BATCH_SIZE + 2)
    assert numbers(buffer.take()) == list(range(BATCH_SIZE))
    buffer.settle(0)
    assert numbers(buffer.take()) == [BATCH_SIZE, BATCH_SIZE + 1]


def test_a_batch_of_large_entries_is_smaller() -> None:
    buffer = Buffer()
    for number in range(10):
        buffer.add(entry(number, 3 * 2**20))
    assert buffer.fills_a_batch
    assert len(buffer.take()) == 3


def test_a_full_buffer_drops_its_oldest() -> None:
    buffer = filled(15, capacity=10)
    assert buffer.counters == Counters(accepted=15, queued=10, dropped=5)
    assert numbers(buffer.take()) == list(range(5, 15))


def test_it_is_full_of_large_entries_sooner() -> None:
    buffer = Buffer(capacity_bytes=10)
    assert [buffer.add(entry(number, 4)) for number in range(4)] == [False, False, True, True]
    assert numbers(buffer.take()) == [2, 3]


def test_what_is_under_way_takes_room_and_is_not_dropped() -> None:
    buffer = filled(10, capacity=10)
    under_way = buffer.take()
    assert buffer.add(entry(10))
    assert (len(under_way), buffer.waiting, buffer.counters.dropped) == (10, 0, 1)


def test_what_is_put_back_comes_first_again_and_is_the_oldest() -> None:
    buffer = filled(3, capacity=4)
    buffer.take()
    buffer.add(entry(3))
    buffer.put_back()
    buffer.add(entry(4))
    assert numbers(buffer.take()) == [1, 2, 3, 4]


def test_what_is_settled_is_stored_but_for_what_was_rejected() -> None:
    buffer = filled(5)
    buffer.take()
    buffer.settle(2)
    assert buffer.counters == Counters(accepted=5, stored=3, rejected=2)


class Accounts(RuleBasedStateMachine):
    """Whatever happens in whichever order, the counters add up and nothing is taken twice at once."""

    def __init__(self) -> None:
        super().__init__()
        self.buffer = Buffer(CAPACITY, CAPACITY_BYTES)
        self.under_way: list[Entry] = []
        self.added = self.other = 0

    @rule(size=st.integers(0, 30))
    def add(self, size: int) -> None:
        self.buffer.add(entry(self.added, size))
        self.added += 1

    @rule(is_wanted=st.booleans())
    def count(self, is_wanted: bool) -> None:
        (self.buffer.reject if is_wanted else self.buffer.discard)()
        self.other += 1

    @rule()
    def take(self) -> None:
        if not self.under_way:
            self.under_way = list(self.buffer.take())

    @rule(refused=st.integers(0, CAPACITY))
    def settle(self, refused: int) -> None:
        self.buffer.settle(min(refused, len(self.under_way)))
        self.under_way = []

    @rule()
    def put_back(self) -> None:
        self.buffer.put_back()
        self.under_way = []

    @invariant()
    def everything_is_accounted_for(self) -> None:
        now = self.buffer.counters
        assert now.accepted == self.added + self.other
        assert now.accepted == now.stored + now.queued + now.dropped + now.rejected
        assert now.queued == self.buffer.waiting + len(self.under_way) <= CAPACITY


TestAccounts = Accounts.TestCase
