"""How often one client may ask."""

from server import limits
from server.limits import RateLimit, network_of


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_is_emptied_and_fills_again():
    clock = Clock()
    limit = RateLimit(3, 60, clock=clock)
    assert [limit.wait_for("192.0.2.1") for _ in range(3)] == [0, 0, 0]
    assert limit.wait_for("192.0.2.1") == 20  # 60 seconds for three: 20 for one
    clock.now = 19.9
    assert limit.wait_for("192.0.2.1") > 0
    clock.now = 20.1
    assert limit.wait_for("192.0.2.1") == 0
    clock.now = 10_000  # it never holds more than three
    assert [limit.wait_for("192.0.2.1") > 0 for _ in range(4)] == [False, False, False, True]


def test_another_client_has_a_bucket_of_its_own():
    limit = RateLimit(1, 60, clock=Clock())
    assert limit.wait_for("192.0.2.1") == 0
    assert limit.wait_for("192.0.2.2") == 0
    assert limit.wait_for("192.0.2.2") > 0


def test_addresses_of_one_network_of_version_6_are_one_client():
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:2") == "2001:db8::/64"
    assert network_of("2001:db8:0:1::1") != network_of("2001:db8::1")
    assert network_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert network_of("unknown") == "unknown"


def test_no_more_clients_are_remembered_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(limits, "MOST_CLIENTS", 3)
    limit = RateLimit(1, 60, clock=Clock())
    for number in range(10):
        limit.wait_for(f"192.0.2.{number}")
    assert limit.wait_for("192.0.2.9") > 0
    assert limit.wait_for("192.0.2.0") == 0  # forgotten
