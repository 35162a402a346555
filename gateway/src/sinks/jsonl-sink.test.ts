import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  rmdir,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sink, SinkRecord } from '../domain/ports.ts';
import { bedBatch } from '../testing/bed-batch.ts';
import { createJsonlSink } from './jsonl-sink.ts';

const signal = new AbortController().signal;

describe('jsonl sink', () => {
  let directory = '';
  let nowMs = Date.UTC(2026, 0, 1);
  const clock = { nowMs: () => nowMs, monotonicMs: () => 0 };
  const sinks: Sink[] = [];
  const make = (change = {}) =>
    createJsonlSink(
      { name: 'files', directory, rotateBytes: 1_000_000, rotateAfterSeconds: 60, ...change },
      clock,
    );
  const open = (change = {}) => {
    const sink = make(change);
    sinks.push(sink);
    return sink;
  };
  const files = async () => (await readdir(directory)).filter((name) => name.endsWith('.jsonl')).sort();
  const lines = async () => {
    const texts = await Promise.all((await files()).map((name) => readFile(join(directory, name), 'utf8')));
    return texts
      .flatMap((text) => text.split('\n').slice(0, -1))
      .map((line) => JSON.parse(line) as SinkRecord);
  };

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'usewire-jsonl-'));
    nowMs = Date.UTC(2026, 0, 1);
  });
  afterEach(async () => {
    for (const sink of sinks.splice(0)) await sink.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('writes one record a line with its time as text and everything the gateway knows', async () => {
    await open().deliver(bedBatch(0, 0), signal);
    expect(await lines()).toEqual([{ time: '2023-11-14T22:13:20.000Z', ...bedBatch(0, 0).records[0] }]);
  });

  it('names a file by when it was begun and the first position in it', async () => {
    await open().deliver(bedBatch(4, 5), signal);
    expect(await files()).toEqual(['usage-2026-01-01T00-00-00-000Z-000000000005.jsonl']);
  });

  it('begins a new file when the old one would grow too large, and when it is old', async () => {
    const sink = open({ rotateBytes: 1_024 });
    await sink.deliver(bedBatch(0, 0), signal);
    await sink.deliver(bedBatch(1, 3), signal);
    expect((await files()).length).toBe(2);
    nowMs += 60_000;
    await sink.deliver(bedBatch(4, 4), signal);
    expect((await files()).length).toBe(3);
    expect((await lines()).map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4]);
  });

  it('puts a batch larger than a file into a file of its own', async () => {
    await open({ rotateBytes: 1_024 }).deliver(bedBatch(0, 20), signal);
    expect((await files()).length).toBe(1);
  });

  it('cuts off a torn line before it goes on', async () => {
    const sink = open();
    await sink.deliver(bedBatch(0, 1), signal);
    await sink.close();
    await appendFile(join(directory, (await files())[0]!), '{"time":"2026-01-');
    await open().deliver(bedBatch(2, 2), signal);
    expect((await lines()).map(({ seq }) => seq)).toEqual([0, 1, 2]);
  });

  it('writes a batch once when the power went between the data and the checkpoint', async () => {
    const sink = open();
    await sink.deliver(bedBatch(0, 1), signal);
    const checkpoint = await readFile(join(directory, '.checkpoint.json'));
    await sink.deliver(bedBatch(2, 3), signal);
    await sink.close();
    await writeFile(join(directory, '.checkpoint.json'), checkpoint);
    await open().deliver(bedBatch(2, 3), signal);
    expect((await lines()).map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
  });

  it('writes a batch once when the power went right after it began a new file', async () => {
    const sink = open({ rotateBytes: 1_024 });
    await sink.deliver(bedBatch(0, 0), signal);
    nowMs += 1_000;
    // A folder in the way of the new file: its data cannot be written, its name is known already.
    const name = 'usage-2026-01-01T00-00-01-000Z-000000000002.jsonl';
    await mkdir(join(directory, name));
    expect((await sink.deliver(bedBatch(1, 3), signal)).kind).toBe('retry');
    expect(JSON.parse(await readFile(join(directory, '.checkpoint.json'), 'utf8'))).toMatchObject({
      file: name,
      bytes: 0,
    });
    await rmdir(join(directory, name));
    await writeFile(join(directory, name), 'what the power cut left of the batch');
    nowMs += 1_000;
    await open({ rotateBytes: 1_024 }).deliver(bedBatch(1, 3), signal);
    expect((await lines()).map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
    expect(await files()).toHaveLength(2);
  });

  it('takes from a batch that overlaps what is there only what is new', async () => {
    const sink = open();
    await sink.deliver(bedBatch(0, 2), signal);
    await sink.deliver(bedBatch(1, 4), signal);
    expect((await lines()).map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4]);
  });

  it('goes on in a new file when somebody took the current one away', async () => {
    const sink = open();
    await sink.deliver(bedBatch(0, 0), signal);
    await rm(join(directory, (await files())[0]!));
    expect(await sink.deliver(bedBatch(1, 1), signal)).toEqual({ kind: 'accepted' });
    expect((await lines()).map(({ seq }) => seq)).toEqual([1]);
    await sink.close();
    await rm(join(directory, (await files())[0]!));
    expect(await open().deliver(bedBatch(2, 2), signal)).toEqual({ kind: 'accepted' });
    expect((await lines()).map(({ seq }) => seq)).toEqual([2]);
  });

  it('does not write over a file that lost bytes, and says so', async () => {
    const sink = open();
    await sink.deliver(bedBatch(0, 2), signal);
    await sink.close();
    const path = join(directory, (await files())[0]!);
    await truncate(path, 10);
    const outcome = await open().deliver(bedBatch(3, 3), signal);
    expect(outcome).toMatchObject({ kind: 'retry', reason: expect.stringContaining('is shorter than') });
    expect((await stat(path)).size).toBe(10);
  });

  it('says that a checkpoint is not its own instead of beginning anew', async () => {
    await writeFile(join(directory, '.checkpoint.json'), '{"file": 7}');
    expect(await open().deliver(bedBatch(0, 0), signal)).toMatchObject({
      kind: 'retry',
      reason: expect.stringContaining('not one of ours'),
    });
  });
});
