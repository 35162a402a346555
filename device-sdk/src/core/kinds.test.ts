import { describe, expect, it } from 'vitest';
import { setUp } from './set-up.fixture.ts';

describe('kinds of points', () => {
  it('counter: one record of the sum since boot at each flush in which it changed', () => {
    const { device, run, records } = setUp();
    device.points.lift_cycles.add();
    device.points.lift_cycles.add(4);
    run(21_000);
    device.points.lift_cycles.add(1);
    run(41_000);
    expect(records('lift_cycles').map((each) => each.value)).toEqual([5, 6]);
  });

  it('gauge: a scaled value in units of the model', () => {
    const { device, run, records } = setUp();
    device.points.motor_temp.set(36.64);
    run(21_000);
    expect(records('motor_temp')[0]!.value).toBe(36.6);
  });

  it('state: its label', () => {
    const { device, run, records } = setUp();
    device.points.light.set('warm');
    device.points.light.set('off');
    run(21_000);
    expect(records('light').map((each) => each.value)).toEqual(['warm', 'off']);
  });

  it('session: one record at its start with its duration in steps and the attributes of both ends', () => {
    const { device, run, records, clock } = setUp();
    clock.advance(5000);
    const massage = device.points.massage.start({ program: 'wave', done: false });
    run(90_000);
    massage.end({ done: true });
    massage.end({ done: false });
    run(21_000);
    expect(records('massage')).toHaveLength(1);
    expect(records('massage')[0]).toMatchObject({
      uptimeMs: 5000,
      value: 90,
      attributes: { program: 'wave', done: true },
    });
  });

  it('series: samples in blocks; a hole or jitter beyond half a period begins another', () => {
    const { device, gateway, records, run, clock } = setUp();
    for (let i = 0; i < 10; i++) {
      device.points.sound.add(i);
      clock.advance(100);
    }
    clock.advance(400);
    device.points.sound.add(50);
    clock.advance(149);
    device.points.sound.add(51);
    clock.advance(160);
    device.points.sound.add(52);
    run(70_000);
    const samples = records('sound');
    expect(samples.map((each) => each.value)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 50, 51, 52]);
    // 51 came 49 ms late: within half a period of its place. 52 would be 109 ms late.
    expect(samples.map((each) => each.uptimeMs)).toEqual([
      0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1400, 1500, 1709,
    ]);
    expect(gateway.refused).toEqual([]);
  });

  it('series: samples of a past moment keep it; one of the future is refused and counted', () => {
    const { device, records, run, clock } = setUp();
    clock.advance(1000);
    device.points.sound.addAt(7, 500);
    device.points.sound.addAt(8, 600);
    device.points.sound.addAt(9, 1001);
    run(70_000);
    expect(records('sound').map((each) => [each.uptimeMs, each.value])).toEqual([
      [500, 7],
      [600, 8],
    ]);
    expect(device.status().drops.invalid).toBe(1);
  });

  it('distribution: one histogram a flush, exact in count, sum, minimum and maximum', () => {
    const { device, records, run } = setUp();
    for (const value of [0, 1.5, 20, 20.5, 1000]) device.points.noise.observe(value);
    run(21_000);
    const value = records('noise')[0]!.value as { count: number; buckets: number[]; zeroCount: number };
    expect(value).toMatchObject({ count: 5, sum: 1042, min: 0, max: 1000, zeroCount: 1 });
    expect(value.buckets.reduce((sum, each) => sum + each, 0)).toBe(4);
  });

  it('critical: leaves at once', () => {
    const { device, records } = setUp();
    device.tick();
    device.points.overheat({ celsius: 81.5 });
    device.tick();
    expect(records('overheat')).toHaveLength(1);
  });
});

describe('what the model does not allow', () => {
  it.each([
    ['a label it does not have', (p) => p.light.set('purple' as 'warm')],
    ['an attribute left out', (p) => p.position_changed.left({ preset: 'tv' } as never)],
    ['an attribute it does not have', (p) => p.count({ n: 1, more: 2 } as never)],
    ['a number out of range', (p) => p.count({ n: -1 })],
    ['no number', (p) => p.motor_temp.set(Number.NaN)],
    ['an infinite number', (p) => p.lift_cycles.add(Number.POSITIVE_INFINITY)],
    ['a text for a number', (p) => p.noise.observe('12' as never)],
    ['a text too long', (p) => p.position_changed.left({ preset: 'tv', angle: 1, by: 'x'.repeat(17) })],
    ['a lone surrogate', (p) => p.position_changed.left({ preset: 'tv', angle: 1, by: '\ud800' })],
    ['attributes that are no object', (p) => p.count(7 as never)],
    ['null for attributes', (p) => p.count(null as never)],
    ["an object's own name for a label", (p) => p.light.set('constructor' as 'warm')],
    [
      'attributes that throw when read',
      (p) =>
        p.count({
          get n(): number {
            throw new Error('no');
          },
        }),
    ],
  ] as [string, (points: ReturnType<typeof setUp>['device']['points']) => void][])(
    'is refused, counted and told, and never thrown: %s',
    (_what, call) => {
      const { device, gateway, run } = setUp();
      call(device.points);
      run(21_000);
      expect(device.status()).toMatchObject({ accepted: 1, drops: { invalid: 1 } });
      expect(gateway.gapCount('invalid')).toBe(1);
      expect(gateway.recordCount()).toBe(0);
    },
  );

  it('keeps its rows whole when reading an attribute records another one', () => {
    const { device, gateway, run, records } = setUp();
    device.points.count({
      get n(): number {
        device.points.count({ n: 1 });
        return 2;
      },
    });
    device.points.count({ n: 3 });
    run(21_000);
    expect(gateway.refused).toEqual([]);
    expect(records('count').map((each) => each.attributes.n)).toEqual([2, 3]);
    expect(gateway.recordCount() + gateway.gapCount()).toBe(device.status().accepted);
  });

  it('throws nothing whatever it is given', () => {
    const { device, run, gateway } = setUp();
    const odd: unknown[] = [
      undefined,
      null,
      Number.NaN,
      -1,
      2 ** 60,
      'x',
      [],
      {},
      { n: {} },
      Symbol('s'),
      () => 1,
      10n,
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('no');
          },
        },
      ),
    ];
    const { points } = device as unknown as { points: Record<string, never> };
    const targets = Object.values(points).flatMap((each) =>
      typeof each === 'function' ? [each] : [each, ...Object.values(each)],
    );
    const calls = targets.flatMap((each) =>
      typeof each === 'function'
        ? [each]
        : Object.values(each as object).filter((member) => typeof member === 'function'),
    ) as ((...given: unknown[]) => unknown)[];
    for (const call of calls) for (const a of odd) for (const b of odd) call(a, b, a);
    run(70_000);
    expect(gateway.refused).toEqual([]);
    expect(gateway.recordCount() + gateway.gapCount()).toBe(device.status().accepted);
  });
});
