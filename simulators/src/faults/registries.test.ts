import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deviceFaults } from './device/index.ts';
import { networkFaults } from './network/index.ts';
import { sinkFaults } from './sink/index.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** How each family stands in the README. */
const families = {
  device: deviceFaults.map(({ kind, rate, about }) => ({
    name: kind,
    row: `| \`${kind}\` | ${rate} | ${about} |`,
  })),
  network: networkFaults.map(({ name, about }) => ({ name, row: `| \`${name}\` | ${about} |` })),
  sink: sinkFaults.map(({ name, about }) => ({ name, row: `| \`${name}\` | ${about} |` })),
};

describe.each(Object.entries(families))('faults of the family %s', (_family, faults) => {
  it('have names of their own', () => {
    expect(new Set(faults.map((one) => one.name)).size).toBe(faults.length);
  });

  it.each(faults)('the README says what $name does', ({ row }) => {
    expect(readme).toContain(row);
  });
});
