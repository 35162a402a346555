import { recordPage } from '../admin/records.ts';
import { storedCoverage } from '../domain/consent/coverage.ts';
import { createRecordDecoder } from '../domain/forward-records.ts';
import { systemClock } from '../system.ts';
import type { RecordFeed, TailRecord } from './record-feed.ts';
import { readStore } from './store-reader.ts';

const PAGE = 1_000;

/** Reads a store without a gateway, or beside a running one: nothing is written. */
export function openStoreFeed(directory: string): RecordFeed {
  const { spool, model } = readStore(directory);
  const newest = spool.lastPosition();
  const { covered, refresh } = storedCoverage(spool, systemClock);
  const decode = createRecordDecoder(model, covered);
  return {
    async page(after) {
      refresh();
      const { text, next } = recordPage({ spool, decode }, after === 'end' ? newest : after, PAGE);
      const lines = text.split('\n').filter((line) => line !== '');
      return { records: lines.map((line) => JSON.parse(line) as TailRecord), next };
    },
  };
}
