import statistics
import time
from collections.abc import Callable


def median(action: Callable[[], object], times: int = 300) -> float:
    """Milliseconds that the action mostly lasts. A first fifth warms up and does not count."""
    spent = []
    for _ in range(times + times // 5):
        began = time.perf_counter()
        action()
        spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent[times // 5 :])


def show(what: str, took: float, plain: str, plain_took: float) -> None:
    """A line: what it took, as so many times something plain."""
    print(f"{what}: {took:.2f} ms, {took / plain_took:.2f} x {plain} ({plain_took:.2f} ms)", flush=True)


def within(limit: float, what: str, took: float, plain: str, plain_took: float) -> bool:
    """The same line, and whether it took at most so many times as long; if not, a second line says so."""
    show(what, took, plain, plain_took)
    is_held = took <= limit * plain_took
    if not is_held:
        print(f"TOO SLOW: {what} must take at most {limit} x {plain}", flush=True)
    return is_held
