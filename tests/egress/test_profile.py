from egress.profile import DEFAULT, OFFICIAL, WorkerProfile


def test_the_default_joins_its_room_at_once() -> None:
    assert DEFAULT.draw_start_delay() == 0


def test_the_official_one_joins_after_a_random_delay() -> None:
    delays = [OFFICIAL.draw_start_delay() for _ in range(200)]
    assert all(3 <= delay <= 9 for delay in delays)
    assert min(delays) < 4.5
    assert max(delays) > 7.5


def test_a_fixed_delay_is_always_the_same() -> None:
    assert {WorkerProfile(start_delay=(2.5, 2.5)).draw_start_delay() for _ in range(9)} == {2.5}
