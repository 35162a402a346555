/** What can be wrong with what arrived. */
export const CHECKS = [
  'lost',
  'duplicate',
  'foreign',
  'value',
  'time',
  'order',
  'unknown',
  'accounting',
] as const;
export type Check = (typeof CHECKS)[number];

export const CHECK_TITLES: Readonly<Record<Check, string>> = {
  lost: 'every accepted record arrives, or a gap tells of it',
  duplicate: 'no record arrives twice',
  foreign: 'nothing of one device arrives under another',
  value: 'values and attributes are what the device recorded',
  time: 'times are within the bound that is stated with them',
  order: 'records of one recorder keep their order',
  unknown: 'nothing arrives that no device recorded',
  accounting: 'accepted = stored + gaps',
};

/** The same fault on one device, with one example. */
export interface Finding {
  check: Check;
  device: string;
  count: number;
  example: string;
}

export interface Findings {
  add(check: Check, device: string, example: string, count?: number): void;
  list(): Finding[];
}

export function createFindings(): Findings {
  const found = new Map<string, Finding>();
  return {
    add(check, device, example, count = 1) {
      const key = `${check} ${device}`;
      const there = found.get(key);
      if (there === undefined) found.set(key, { check, device, count, example });
      else there.count += count;
    },
    list: () =>
      [...found.values()].sort(
        (a, b) => CHECKS.indexOf(a.check) - CHECKS.indexOf(b.check) || (a.device < b.device ? -1 : 1),
      ),
  };
}
