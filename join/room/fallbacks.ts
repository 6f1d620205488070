/** Newer parts of the platform that the page uses, for browsers that can hold calls without them. Imported first. */

AbortSignal.timeout ??= (milliseconds) => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), milliseconds);
  return controller.signal;
};

URL.canParse ??= (address, base) => {
  try {
    return !!new URL(address, base);
  } catch {
    return false;
  }
};

Array.prototype.findLast ??= function (this: unknown[], test: (one: unknown) => unknown) {
  return [...this].reverse().find(test);
} as typeof Array.prototype.findLast;
