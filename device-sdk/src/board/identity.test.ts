import { Code } from '@usewire/protocol/wire';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { setUp } from './bed-board.fixture.ts';

/**
 * accepted = stored + gaps, exactly, whatever happens to the link while the power stays: lost links and acknowledgements, refusals, a full queue,
 * short memory. Each `count` carries its own number, so that a record stored twice or invented is seen.
 */
type Step =
  | { do: 'count' | 'samples' | 'wait'; n: number }
  | { do: 'invalid' | 'critical' | 'offline' | 'online' | 'disconnect' | 'consent' | 'short' | 'enough' }
  | { do: 'loseAcks'; share: number }
  | { do: 'nack'; code: number; times: number };

/** More of them: USEWIRE_RUNS=5000 npx vitest run --project unit board/identity */
const runs = Number(process.env['USEWIRE_RUNS'] ?? 150);
vi.setConfig({ testTimeout: 120_000 });

const codes = [Code.schema, Code.overloaded, Code.unknownModel, Code.tooLarge, Code.notAuthorised];
const plain = [
  'invalid',
  'critical',
  'offline',
  'online',
  'disconnect',
  'consent',
  'short',
  'enough',
] as const;
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('count' as const), n: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ do: fc.constant('samples' as const), n: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ do: fc.constant('wait' as const), n: fc.integer({ min: 1, max: 30_000 }) }),
  fc.record({ do: fc.constantFrom(...plain) }),
  fc.record({ do: fc.constant('loseAcks' as const), share: fc.constantFrom(0, 0.3, 1) }),
  fc.record({
    do: fc.constant('nack' as const),
    code: fc.constantFrom(...codes),
    times: fc.integer({ min: 1, max: 3 }),
  }),
);

type World = ReturnType<typeof setUp>;

function live(world: World, each: Step, numbers: { next: number }, random: () => number): void {
  const { board, gateway, ports } = world;
  if (each.do === 'count') {
    for (let i = 0; i < each.n; i += 1) {
      board.record('count', { n: numbers.next });
      numbers.next += 1;
    }
  } else if (each.do === 'samples') {
    for (let i = 0; i < each.n; i += 1) {
      board.record('heart', 60 + (i % 9), undefined, 'left');
      world.run(1000, 500);
    }
  } else if (each.do === 'wait') world.run(each.n);
  else if (each.do === 'invalid') board.record('motor', 9999);
  else if (each.do === 'critical') board.record('overheat', { celsius: 90 });
  else if (each.do === 'offline') gateway.setOnline(false);
  else if (each.do === 'online') gateway.setOnline(true);
  else if (each.do === 'disconnect') gateway.disconnect();
  else if (each.do === 'consent') board.consent({ health: random() < 0.7 }, 'left');
  else if (each.do === 'short') ports.free = () => 100;
  else if (each.do === 'enough') ports.free = () => 1000;
  else if (each.do === 'loseAcks') gateway.loseAcks(each.share > 0 ? () => random() < each.share : null);
  else if (each.do === 'nack') gateway.nackNext(each.code as 3, each.times, 1000);
}

it('accepted = stored + gaps after any schedule of lost links, lost answers, refusals and a full queue', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 40 }),
      fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
      (steps, drawn) => {
        const world = setUp({ maxQueueBytes: 900, minRetryMs: 200, maxRetryMs: 5000, ackTimeoutMs: 5000 });
        const numbers = { next: 0 };
        for (const each of steps) live(world, each, numbers, () => drawn.next().value as number);
        world.ports.free = () => 1000;
        world.gateway.loseAcks(null);
        world.gateway.setOnline(true);
        world.run(200_000, 500);
        const status = world.board.status();
        expect(status.queued).toBe(0);
        // What was on its way may have come before the gateway heard of a withdrawal; its answer did not.
        const told = world.gateway.recordCount() + world.gateway.gapCount();
        expect(told).toBeLessThanOrEqual(status.accepted);
        expect(told + status.withdrawn).toBeGreaterThanOrEqual(status.accepted);
        const seen = world.records('count').map((record) => record.attributes['n']);
        expect(new Set(seen).size).toBe(seen.length);
      },
    ),
    { numRuns: runs },
  );
});
