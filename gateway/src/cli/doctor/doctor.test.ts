import { describe, expect, it } from 'vitest';
import type { RescueReport } from '../../spool/rescue/rescue-report.ts';
import { rescueInWords } from './check-rescues.ts';
import { findingsText } from './diagnose.ts';
import { bytes, type Finding } from './finding.ts';

const report: RescueReport = {
  at: '2026-11-28T02:30:00.000Z',
  found: 'database disk image is malformed',
  movedTo: 'spool.db.damaged-2026-11-28T02-30-00-000Z',
  carriedOver: {
    messages: 120_391,
    quarantined: 2,
    devices: 12,
    boots: 14,
    models: 6,
    consents: 3,
    sinks: 2,
  },
  lost: {
    messages: 9,
    positions: [[118_004, 118_012]],
    sequences: [
      { tenant: 'acme', device: 'bed-1', boot: '7', ranges: [[198, 203]] },
      {
        tenant: 'acme',
        device: 'bed-2',
        boot: '3',
        ranges: [
          [51, 52],
          [54, 54],
        ],
      },
    ],
    more: false,
  },
  forgottenBoots: 0,
};

const findings: Finding[] = [
  { check: 'configuration', level: 'ok', says: 'The configuration is valid.' },
  {
    check: 'store',
    level: 'problem',
    says: 'spool.db is damaged (Tree 5 page 5023 cell 2: Rowid 1 out of order). 120391 of its messages can be read.',
    todo: 'Start the gateway: it comes upon the damage by itself, carries over what can be read into a new store, and this command then tells what was lost. Delete nothing.',
  },
  {
    check: 'rescue',
    level: 'note',
    says: rescueInWords(report),
    todo: `The damaged store is kept as ${report.movedTo}.`,
  },
  {
    check: 'rescue',
    level: 'note',
    says: rescueInWords({
      ...report,
      lost: { messages: 0, positions: [], sequences: [], more: true },
      forgottenBoots: 2,
    }),
  },
];

describe('what usewire doctor says', () => {
  it('D5: stands as a person reads it', async () => {
    await expect(findingsText('/srv/usewire/data', findings)).toMatchFileSnapshot('./doctor.golden.txt');
  });

  it('ends with how much is wrong', () => {
    expect(findingsText('/d', findings.slice(0, 1))).toMatch(/\nNothing is wrong\.\n$/);
    expect(findingsText('/d', findings)).toMatch(/\n1 problem\.\n$/);
    expect(findingsText('/d', [findings[1]!, findings[1]!])).toMatch(/\n2 problems\.\n$/);
  });

  it.each([
    [0, '0 B'],
    [1_023, '1020 B'],
    [1_536, '1.5 KiB'],
    [4 * 2 ** 30, '4 GiB'],
  ])('shows %d bytes as %s', (count, text) => {
    expect(bytes(count)).toBe(text);
  });
});
