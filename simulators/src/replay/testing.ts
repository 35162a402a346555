import type { ReadContext } from './recording.ts';

/** A context for tests: UTC, day 1 is 2020-01-01, no neighbours but the given. */
export function contextOf(name: string, more: Partial<ReadContext> = {}): ReadContext {
  return {
    name,
    folder: '',
    firstDay: { year: 2020, month: 1, day: 1 },
    toUnixMs: (local) => Date.UTC(local.year, local.month - 1, local.day) + local.timeOfDayMs,
    sibling: () => undefined,
    ...more,
  };
}

export function lines(...text: string[]): Uint8Array {
  return new TextEncoder().encode(`${text.join('\n')}\n`);
}
