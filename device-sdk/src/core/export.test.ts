import { exportLines } from '@usewire/protocol/check';
import { describe, expect, it } from 'vitest';
import { setUp } from './set-up.fixture.ts';

const notice = { notice: '2026-09' };
const read = (lines: string) =>
  lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('an export, without any cloud', () => {
  it('is what waits of one person, with the model and its data sheet, and of nobody else', () => {
    const world = setUp();
    world.gateway.setOnline(false);
    world.clock.setWall({ unixMs: 1_790_000_000_000, quality: 3 });
    for (const side of ['left', 'right'] as const) {
      world.device.consent[side].set({ health: true }, notice);
      world.device.points.said[side]({ text: `by ${side}` });
      world.device.points.position_changed[side]({ preset: 'tv', angle: 3 });
      world.run(1000);
    }
    const [model, ...records] = read(exportLines(world.device.consent.left.export()));
    expect(model).toMatchObject({ kind: 'model', product: 'acme.bed', version: 1 });
    expect(model!['sheet']).toContain('heart_rate');
    expect(records).toMatchObject([
      {
        kind: 'record',
        subject: 'left',
        point: 'said',
        attributes: { text: 'by left' },
        at: '2026-09-21T14:13:20.000Z',
      },
      { kind: 'record', subject: 'left', point: 'position_changed', attributes: { preset: 'tv', angle: 3 } },
    ]);
    expect(read(exportLines(world.device.consent.export()))).toHaveLength(5);
    // Nothing is lost by looking: all of it still arrives.
    world.gateway.setOnline(true);
    world.run(100_000);
    expect(world.gateway.recordCount()).toBe(4);
    expect(read(exportLines(world.device.consent.left.export()))).toHaveLength(1);
  });

  it('reads records of the boot before, and says what it cannot read', () => {
    const world = setUp();
    world.gateway.setOnline(false);
    world.device.points.count({ n: 7 });
    world.run(500);
    world.restart();
    const made = world.device.consent.export();
    expect(read(exportLines(made))[1]).toMatchObject({ point: 'count', attributes: { n: 7 }, subject: null });
    const broken = { models: made.models, messages: [new Uint8Array([1, 2])] };
    expect(read(exportLines(broken))[1]).toEqual({ kind: 'unreadable', bytes: '0102' });
  });
});
