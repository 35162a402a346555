import type { SharedEntry, SharedState } from '@usewire/gateway';
import { expect, it } from 'vitest';
import { eventually } from '../support/gateway-kit.ts';

/** The other side of a shared state, as a test sees it. */
export interface SharedStateUnderTest {
  /** The place of one more gateway. */
  join(): SharedState;
  /** Nobody reaches it until the result is called. */
  goAway(): Promise<() => Promise<void>>;
  end(): Promise<void>;
}

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const lamp = { tenant: 'acme', device: 'lamp-1' };

/** What gateways rely on. */
export function sharedStateContract(make: () => Promise<SharedStateUnderTest>): void {
  const withGateways = async (
    work: (under: SharedStateUnderTest, one: SharedState, other: SharedState) => unknown,
  ) => {
    const under = await make();
    const gateways = [under.join(), under.join()] as const;
    await eventually(() => gateways.every((gateway) => gateway.problem() === null), 'the state');
    await work(under, ...gateways);
    await Promise.all(gateways.map((gateway) => gateway.close()));
    await under.end();
  };

  /** What a gateway has seen of a kind: the newest of each key. */
  function watch(state: SharedState, kind: 'models' | 'devices'): Map<string, SharedEntry> {
    const seen = new Map<string, SharedEntry>();
    state.watch(kind, (entry) => seen.set(entry.key, entry));
    return seen;
  }
  const text = (entry: SharedEntry | undefined) => entry && Buffer.from(entry.value).toString();

  it('tells everybody what is written, those too who look later', () =>
    withGateways(async (under, one, other) => {
      const early = watch(other, 'devices');
      const own = watch(one, 'devices');
      expect(await one.put('devices', 'acme.lamp-1', bytes('first'), 0)).toBeGreaterThan(0);
      await eventually(() => text(early.get('acme.lamp-1')) === 'first', 'the entry elsewhere');
      await eventually(() => text(own.get('acme.lamp-1')) === 'first', 'the entry here');
      const third = under.join();
      const late = watch(third, 'devices');
      await eventually(() => text(late.get('acme.lamp-1')) === 'first', 'the entry for who comes later');
      await third.close();
    }));

  it('keeps kinds apart', () =>
    withGateways(async (_, one, other) => {
      const devices = watch(other, 'devices');
      const models = watch(other, 'models');
      await one.put('models', 'acme.aa', bytes('model'), 0);
      await eventually(() => models.size === 1, 'the model');
      expect(devices.size).toBe(0);
    }));

  it('lets one of two win who write at the same time, and tells the other', () =>
    withGateways(async (_, one, other) => {
      const first = await one.put('devices', 'acme.lamp-1', bytes('first'), 0);
      expect(await other.put('devices', 'acme.lamp-1', bytes('late'), 0)).toBeNull();
      const second = await other.put('devices', 'acme.lamp-1', bytes('second'), first!);
      expect(second).toBeGreaterThan(first!);
      expect(await one.put('devices', 'acme.lamp-1', bytes('third'), first!)).toBeNull();
      const seen = watch(one, 'devices');
      await eventually(() => text(seen.get('acme.lamp-1')) === 'second', 'the winner');
      expect(seen.get('acme.lamp-1')?.revision).toBe(second);
    }));

  it('carries a message for a device to all others, and not back', () =>
    withGateways(async (_, one, other) => {
      const heard: string[] = [];
      one.onDown(({ device }, payload) => heard.push(`one ${device} ${Buffer.from(payload)}`));
      other.onDown(({ device }, payload) => heard.push(`other ${device} ${Buffer.from(payload)}`));
      one.sendDown(lamp, bytes('hello'));
      await eventually(() => heard.length > 0, 'the message');
      other.sendDown(lamp, bytes('answer'));
      await eventually(() => heard.length > 1, 'the answer');
      expect(heard).toEqual(['other lamp-1 hello', 'one lamp-1 answer']);
    }));

  it('says when it is away, refuses to write, and tells everything when it is back', () =>
    withGateways(async (under, one, other) => {
      const seen = watch(other, 'devices');
      await one.put('devices', 'acme.lamp-1', bytes('before'), 0);
      await eventually(() => seen.size === 1, 'the entry');
      const comeBack = await under.goAway();
      await eventually(() => one.problem() !== null, 'the loss');
      await expect(one.put('devices', 'acme.lamp-2', bytes('while'), 0)).rejects.toThrow(/away/);
      // Best effort: nobody hears it, and nobody is hurt.
      one.sendDown(lamp, bytes('nobody'));
      seen.clear();
      await comeBack();
      await eventually(() => one.problem() === null && seen.size === 1, 'the state again', 20_000);
      expect(await one.put('devices', 'acme.lamp-2', bytes('after'), 0)).toBeGreaterThan(0);
      await eventually(() => text(seen.get('acme.lamp-2')) === 'after', 'what was written after');
    }));
}
