/** Resolves with the first SIGINT, SIGTERM, or SIGHUP of a terminal that was closed. */
export function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}
