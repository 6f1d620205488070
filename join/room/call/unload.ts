/** "Back" and "Reload" can be hit by accident, and would end the call: the browser asks first, where it can. */

/** Until the returned function is called. */
export function watchUnload(): () => void {
  const ask = (event: BeforeUnloadEvent) => event.preventDefault();
  window.addEventListener("beforeunload", ask);
  return () => window.removeEventListener("beforeunload", ask);
}
