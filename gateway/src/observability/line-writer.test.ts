import { describe, expect, it } from 'vitest';
import { lineWriter } from './line-writer.ts';

/** A descriptor that takes what it is told to. */
function descriptor() {
  let text = '';
  const state = { fails: null as string | null, most: Number.MAX_SAFE_INTEGER, busy: 0 };
  const writeSome = (bytes: Uint8Array): number => {
    if (state.busy > 0) {
      state.busy -= 1;
      throw Object.assign(new Error('busy'), { code: 'EAGAIN' });
    }
    if (state.fails !== null) throw Object.assign(new Error(state.fails), { code: state.fails });
    const taken = bytes.subarray(0, state.most);
    text += Buffer.from(taken).toString();
    return taken.length;
  };
  return { state, writer: lineWriter(writeSome), text: () => text };
}

const events = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{"') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as { event: string; lines?: number });

describe('lines of the log', () => {
  it('goes on after pieces and after a reader that was slow for a moment', () => {
    const { state, writer, text } = descriptor();
    state.most = 5;
    state.busy = 3;
    writer.write('{"event":"a"}\n');
    expect(text()).toBe('{"event":"a"}\n');
  });

  it.each(['ENOSPC', 'EIO', 'EROFS', 'EPIPE'])('drops lines during %s and tells how many', (code) => {
    const { state, writer, text } = descriptor();
    writer.write('{"event":"a"}\n');
    state.fails = code;
    for (const event of ['b', 'c', 'd']) writer.write(`{"event":"${event}"}\n`);
    state.fails = null;
    writer.write('{"event":"e"}\n');
    writer.write('{"event":"f"}\n');
    expect(events(text()).map(({ event, lines }) => lines ?? event)).toEqual(['a', 3, 'e', 'f']);
  });

  it('begins a line of its own behind one that was torn', () => {
    const { state, writer, text } = descriptor();
    state.most = 6;
    const write = (line: string) => {
      writer.write(line);
    };
    let calls = 0;
    // The first piece is taken, then the disk is full.
    Object.defineProperty(state, 'fails', { get: () => (calls++ === 1 ? 'ENOSPC' : null) });
    write('{"event":"torn"}\n');
    write('{"event":"whole"}\n');
    expect(text().startsWith('{"even\n{"level"')).toBe(true);
    expect(events(text()).map(({ event }) => event)).toEqual(['log.lost', 'whole']);
  });

  it('does not wait for ever for a reader that has stopped', () => {
    const { state, writer, text } = descriptor();
    state.busy = 1_000;
    writer.write('{"event":"a"}\n');
    expect(state.busy).toBeGreaterThan(900);
    expect(text()).toBe('');
  });
});
