import { describe, expect, it } from 'vitest';
import { createReloader, type ReloadReport } from './reload.ts';

const applied: ReloadReport = {
  ok: true,
  added: ['b'],
  changed: [],
  removed: [],
  needsRestart: ['listen.mqtt'],
};
const refused: ReloadReport = { ok: false, problems: ['usewire.yaml:3:1: unknown key'] };

function reloader(answers: (() => Promise<ReloadReport>)[]) {
  const told: string[] = [];
  const note = (event: string) => void told.push(event);
  const log = { debug: note, info: note, warn: note, error: note };
  return { told, made: createReloader(() => answers.shift()!(), { log, nowMs: () => 5 }) };
}

describe('reading the configuration again', () => {
  it('tells and counts what was applied, and what only a restart brings', async () => {
    const { told, made } = reloader([async () => applied]);
    expect(await made.reload()).toBe(applied);
    expect(told).toEqual(['config.reloaded', 'config.needs-restart']);
    expect(made.counts()).toEqual({ applied: 1, refused: 0, isGood: true, appliedAtMs: 5 });
  });

  it('tells and counts a wrong one, until a right one comes', async () => {
    const { told, made } = reloader([async () => refused, async () => applied]);
    await made.reload();
    expect([told, made.counts()]).toEqual([
      ['config.refused'],
      { applied: 0, refused: 1, isGood: false, appliedAtMs: 0 },
    ]);
    await made.reload();
    expect(made.counts()).toMatchObject({ applied: 1, isGood: true });
  });

  it('is one at a time, in the order asked, and a bug in one ends no other', async () => {
    const order: string[] = [];
    let release = () => {};
    const slow = () =>
      new Promise<ReloadReport>((resolve) => {
        order.push('slow');
        release = () => resolve(applied);
      });
    const broken = async () => {
      order.push('broken');
      throw new Error('a bug');
    };
    const { made } = reloader([slow, broken]);
    const [first, second] = [made.reload(), made.reload()];
    await Promise.resolve();
    expect(order).toEqual(['slow']);
    release();
    await first;
    expect(await second).toEqual({ ok: false, problems: ['Error: a bug'] });
  });
});
