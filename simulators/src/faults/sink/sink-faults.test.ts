import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FaultyReceiver, sinkFaults, startFaultyReceiver, type TakenBatch } from './index.ts';

type Name = (typeof sinkFaults)[number]['name'];

const events = (...ids: string[]) => ids.map((id) => ({ source: 'urn:pou:t:d', id }));
/** One of those that the receiver of seed 1 never takes while it rejects a part. */
const BAD = '1/0/0';
const PATIENCE_MS = 2_000;

let receiver: FaultyReceiver;
let taken: TakenBatch[];
let changed: string[];
beforeEach(async () => {
  taken = [];
  changed = [];
  receiver = await startFaultyReceiver({
    ...{ seed: 1, silenceMs: 60_000, indigestible: 0.1 },
    onTaken: (batch) => taken.push(batch),
    onChanged: (key) => changed.push(key),
  });
});
afterEach(() => receiver.close());

/** HTTP status, or what went wrong as the sender sees it. */
async function post(key: string, ...ids: string[]): Promise<number | 'no answer' | 'hung up'> {
  try {
    const answer = await fetch(receiver.url, {
      method: 'POST',
      headers: { 'idempotency-key': key },
      body: JSON.stringify(events(...ids)),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch (error) {
    return (error as Error).name === 'TimeoutError' ? 'no answer' : 'hung up';
  }
}

/** What a sender hears, and whether its batch was taken. */
const expected: Record<Name, [answer: number | string, taken: number]> = {
  http429: [429, 0],
  http500: [500, 0],
  timeout: ['no answer', 0],
  halfOpen: ['no answer', 0],
  drop: ['hung up', 0],
  lostAnswer: ['hung up', 1],
  drip: ['no answer', 1],
  rejectPart: [422, 0],
};

describe('a receiver on which faults strike', () => {
  it.each(sinkFaults)('$name: $about', async (fault) => {
    receiver.strike(fault, { forMs: 60_000 });
    expect([await post('k', BAD), taken.length]).toEqual(expected[fault.name]);
    receiver.mend();
    expect(await post('k', BAD)).toBe(200);
    expect(taken).toHaveLength(1);
    expect(receiver.counts).toMatchObject({ requests: 2, [fault.name]: 1 });
  });

  it('rejects a batch for one record that it will never take, and takes the rest; what it has it has', async () => {
    expect(await post('before', BAD)).toBe(200);
    receiver.strike(sinkFaults.find((one) => one.name === 'rejectPart')!, { forMs: 60_000 });
    expect(await post('before', BAD)).toBe(200);
    expect(await post('all', '9/9/9', BAD)).toBe(422);
    expect(await post('rest', '9/9/9')).toBe(200);
    expect(taken.map((one) => one.key)).toEqual(['before', 'rest']);
  });

  it('tells of a key that comes back with other records', async () => {
    await post('k', '1/0/0');
    await post('k', '1/0/0');
    expect(changed).toEqual([]);
    await post('k', '1/0/1');
    expect(changed).toEqual(['k']);
    expect(receiver.counts).toMatchObject({ taken: 1, repeated: 1, changed: 1 });
  });

  it('goes wrong by itself as its seed will have it', async () => {
    const codes = async (seed: number): Promise<string> => {
      const http = sinkFaults.filter(({ name }) => name.startsWith('http'));
      const own = http.map((fault) => ({ fault, share: 0.25 }));
      const other = await startFaultyReceiver({ seed, own });
      const body = JSON.stringify(events('1/0/0'));
      const answers: number[] = [];
      for (let i = 0; i < 20; i++) answers.push((await fetch(other.url, { method: 'POST', body })).status);
      other.close();
      return answers.join(' ');
    };
    expect(await codes(4)).toBe(await codes(4));
    expect(await codes(4)).not.toBe(await codes(5));
    expect(await codes(4)).toMatch(/429.*500|500.*429/);
  });
});
