/** npm passes on the Ctrl-C that the terminal has sent to its child already: signals this close together are one. */
const sameMs = 1000;

/** Calls `first` at the first SIGINT, SIGTERM or SIGHUP, and `again` when a person presses Ctrl-C once more. */
export function onInterrupt(first, again) {
  let firstAtMs;
  const take = (signal) => {
    if (firstAtMs === undefined) {
      firstAtMs = performance.now();
      first();
    } else if (signal === 'SIGINT' && performance.now() - firstAtMs > sameMs) again();
  };
  // SIGHUP: the terminal was closed; without it the gateway would stay behind.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, take);
}
