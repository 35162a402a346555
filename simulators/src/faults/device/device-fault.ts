import type { StoragePort } from '@usewire/device-sdk/core';
import type { DeviceClock } from '../../device/device-clock.ts';
import type { Random } from '../../random/stream.ts';
import type { FaultyLink } from '../faulty-link.ts';

/** What a fault can get hold of. */
export interface StruckDevice {
  readonly link: FaultyLink;
  readonly clock: DeviceClock;
  readonly storage: StoragePort;
  /** In ms of the device's time, unless nobody uses it any more by then. */
  later(afterMs: number, what: () => void): void;
  /** Everything that was not durable is gone; it starts again after `downMs`. */
  cutPower(downMs: number): void;
}

/** One time that a fault strikes, all of it drawn. */
export interface DeviceStrike<Kind extends string = string> {
  readonly kind: Kind;
  /** For the log. */
  readonly how: object;
  readonly cutsPower: boolean;
  strike(device: StruckDevice): void;
}

/** One thing that goes wrong with a device in virtual time. */
export interface DeviceFault<Kind extends string = string> {
  readonly kind: Kind;
  /** One line for people. */
  readonly about: string;
  /** What its rate means: mean times a day, or the share of devices that have it from the start. */
  readonly rate: 'times a day' | 'share of devices';
  draw(random: Random): DeviceStrike<Kind>;
}

interface Recipe<Kind extends string, How extends object>
  extends Omit<DeviceFault<Kind>, 'draw' | 'rate'>,
    Partial<Pick<DeviceFault, 'rate'>> {
  /** Needs a storage that can lose its power. */
  cutsPower?: boolean;
  draw(random: Random): How;
  strike(device: StruckDevice, how: How): void;
}

export function deviceFault<Kind extends string, How extends object>(
  recipe: Recipe<Kind, How>,
): DeviceFault<Kind> {
  const { kind, about, rate = 'times a day', cutsPower = false } = recipe;
  return {
    ...{ kind, about, rate },
    draw(random) {
      const how = recipe.draw(random);
      return { kind, how, cutsPower, strike: (device) => recipe.strike(device, how) };
    },
  };
}
