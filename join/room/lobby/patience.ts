/** How long the page waits for devices: some never answer, and a permission prompt can be left open. */

/** Milliseconds. */
export const PATIENCE = 8_000;

const skips = new Set<() => void>();

/** Resolves with `answer`, or with null after PATIENCE, or as soon as `stopWaiting` is called. */
export function patiently<T>(answer: Promise<T>): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const skip = () => settle(() => resolve(null));
    const timer = setTimeout(skip, PATIENCE);
    const settle = (act: () => void) => {
      clearTimeout(timer);
      skips.delete(skip);
      act();
    };
    skips.add(skip);
    answer.then(
      (value) => settle(() => resolve(value)),
      (reason) => settle(() => reject(reason)),
    );
  });
}

/** The person does not want to wait. */
export function stopWaiting(): void {
  for (const skip of [...skips]) skip();
}
