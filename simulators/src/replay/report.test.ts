import { expect, test } from 'vitest';
import { type FileReport, failureOf, reportTable } from './report.ts';

const file: FileReport = {
  file: 'ride.fit',
  device: 'ride',
  layout: 'FIT activity',
  rows: 100,
  badRows: 1,
  accepted: 99,
  stored: 99,
  gaps: 0,
  duplicates: 0,
  flagged: 2,
  bytes: 500,
  seconds: 1,
  ignored: [],
  problems: ['line 4: speed is fast'],
};

test('accepted must be what is stored and told as lost', () => {
  expect(failureOf(file)).toBeUndefined();
  expect(failureOf({ ...file, stored: 90, gaps: 9 })).toBeUndefined();
  expect(failureOf({ ...file, stored: 98 })).toBe(
    'the SDK accepted 99 records, 98 are stored and 0 told as lost',
  );
});

test('a message that came twice and was recognised is no failure; a device that did not end well is', () => {
  expect(failureOf({ ...file, duplicates: 2 })).toBeUndefined();
  expect(failureOf({ ...file, failure: 'no answer' })).toBe('no answer');
});

test('nobody was asked: what is stored stays open', () => {
  expect(failureOf({ ...file, stored: undefined, duplicates: undefined })).toBeUndefined();
});

test('the table ends with the sums', () => {
  const lines = reportTable({
    verdict: 'pass',
    files: [file, { ...file, file: 'run.fit' }],
    refused: [],
  }).split('\n');
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(/^file +device +rows +bad +accepted +stored/);
  expect(lines[3]).toMatch(/^2 files +200 +2 +198 +198 +0 +4 +1000 +5\.05$/);
});
