/** During the call the screen does not go dark by itself. */

/** Keep it awake until the returned function is called; where browsers do not, nothing happens. */
export function stayAwake(): () => void {
  const over = new AbortController();
  let lock: WakeLockSentinel | null = null;
  const ask = async () => {
    if (document.visibilityState !== "visible" || (lock && !lock.released)) return;
    const asked = await navigator.wakeLock?.request("screen").catch(() => null); // battery low, or not allowed
    if (over.signal.aborted) void asked?.release();
    else lock = asked ?? null;
  };
  // The browser takes it back whenever the page is out of sight.
  document.addEventListener("visibilitychange", () => void ask(), { signal: over.signal });
  void ask();
  return () => {
    over.abort();
    void lock?.release();
  };
}
