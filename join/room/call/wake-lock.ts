/** Keeps the screen on during the call, by the Screen Wake Lock API. */

/** Hold the lock until the returned function is called, where the browser supports it. */
export function holdWakeLock(): () => void {
  const over = new AbortController();
  let lock: WakeLockSentinel | null = null;
  const request = async () => {
    if (document.visibilityState !== "visible" || (lock && !lock.released)) return;
    const granted = await navigator.wakeLock?.request("screen").catch(() => null); // low battery, or not allowed
    if (over.signal.aborted) void granted?.release();
    else lock = granted ?? null;
  };
  // The browser releases it whenever the page is hidden.
  document.addEventListener("visibilitychange", () => void request(), { signal: over.signal });
  void request();
  return () => {
    over.abort();
    void lock?.release();
  };
}
