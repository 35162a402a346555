import type { DecodedRecord } from '@usewire/protocol/check';
import { manualClock, memoryStorage, memoryTransport, seededRandom } from '../testing/index.ts';
import { bed } from './bed.fixture.ts';
import { createDevice, type DeviceOptions } from './index.ts';

/** A bed on doubles, with time in the test's hand. */
export function setUp(options?: DeviceOptions) {
  const clock = manualClock();
  const storage = memoryStorage();
  const gateway = memoryTransport(bed);
  const random = seededRandom(1);
  const boot = () =>
    createDevice({ model: bed, ports: { clock, storage, transport: gateway, random }, options });
  const world = {
    clock,
    storage,
    gateway,
    random,
    device: boot(),
    /** Lets `ms` pass in steps. */
    run(ms: number, step?: number): void {
      const stepMs = step === undefined ? 100 : step;
      for (let at = 0; at < ms; at += stepMs) {
        world.device.tick();
        clock.advance(stepMs);
      }
      world.device.tick();
    },
    /** The process ends and starts again. */
    restart(): void {
      gateway.close();
      storage.crash();
      clock.restart();
      world.device = boot();
    },
    records(point: string): DecodedRecord[] {
      return gateway.stored.flatMap((each) => each.records).filter((record) => record.point === point);
    },
  };
  return world;
}
