from egress.manners import OFFICIAL, OURS, Manners


def test_ours_looks_at_its_room_at_once() -> None:
    assert OURS.draw_start_delay() == 0


def test_the_official_one_takes_its_time_another_one_each_time() -> None:
    delays = [OFFICIAL.draw_start_delay() for _ in range(200)]
    assert all(3 <= delay <= 9 for delay in delays)
    assert min(delays) < 4.5
    assert max(delays) > 7.5


def test_a_fixed_delay_is_always_the_same() -> None:
    assert {Manners(start_delay=(2.5, 2.5)).draw_start_delay() for _ in range(9)} == {2.5}
