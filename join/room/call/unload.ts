/** Leaving the page ends the call. "Back" and "Reload" can be hit by accident: the browser asks first, where it can. */

import { entering } from "./connection";

/** Until the returned function is called. */
export function watchUnload(): () => void {
  const ask = (event: BeforeUnloadEvent) => event.preventDefault();
  const leave = () => void entering.peek()?.disconnect();
  window.addEventListener("beforeunload", ask);
  window.addEventListener("pagehide", leave);
  return () => {
    window.removeEventListener("beforeunload", ask);
    window.removeEventListener("pagehide", leave);
  };
}
