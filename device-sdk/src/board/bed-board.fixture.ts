import type { DecodedRecord } from '@usewire/protocol/check';
import { toBoardModel } from '@usewire/protocol/check';
import {
  type BoardModel,
  bool,
  counter,
  event,
  gauge,
  int,
  location,
  type Model,
  num,
  oneOf,
  optional,
  product,
  series,
  session,
  state,
  text,
} from '@usewire/protocol/model';
import { boardPorts, manualClock, memoryStorage, memoryTransport, seededRandom } from '../testing/index.ts';
import { type BoardOptions, createBoard } from './index.ts';
import type { BoardOutbox } from './ports.ts';

/** A bed with two sides and every kind of point that boards record. */
export const bed = product('board.bed', 1, {
  purposes: {
    service: { basis: 'contract', code: 'service_provision' },
    health: { basis: 'consent', code: 'personalisation', special: true },
  },
  subjects: ['left', 'right'],
  intents: ['rest', 'care'],
  points: {
    moved: event({
      id: 1,
      for: 'service',
      perSubject: true,
      context: ['intent'],
      attributes: {
        preset: oneOf('flat', 'zero g', 'tv'),
        angle: int(0, 60),
        by: optional(text({ maxBytes: 16 })),
      },
    }),
    lifts: counter({ id: 2, for: 'service' }),
    motor: gauge({ id: 3, for: 'service', unit: 'Cel', range: [-20, 120], scale: 0.1 }),
    light: state({ id: 4, for: 'service', values: ['off', 'warm', 'bright'] }),
    massage: session({
      id: 5,
      for: 'service',
      attributes: { program: oneOf('wave', 'pulse'), done: bool() },
    }),
    heart: series({
      id: 6,
      for: 'health',
      sensitivity: 'special',
      perSubject: true,
      range: [25, 220],
      periodMs: 1000,
      priority: 'bulk',
    }),
    overheat: event({
      id: 300,
      for: 'service',
      priority: 'critical',
      attributes: { celsius: num({ scale: 0.1 }) },
    }),
    count: event({ id: 9, for: 'service', attributes: { n: int(0, 1_000_000) } }),
    place: event({ id: 11, for: 'service', attributes: { at: optional(location()) } }),
  },
});

export function boardModelOf(model: Model): BoardModel {
  const made = toBoardModel(model);
  if (!made.ok) throw new Error(JSON.stringify(made.problems));
  return made.model;
}

/** A board on the doubles of the core, with time in the test's hand. */
export function setUp(options?: BoardOptions, openOutbox?: () => BoardOutbox) {
  const clock = manualClock();
  const storage = memoryStorage();
  const gateway = memoryTransport(bed);
  const ports = boardPorts({ clock, storage, transport: gateway, random: seededRandom(1) });
  const model = boardModelOf(bed);
  if (openOutbox) ports.outbox = openOutbox();
  const world = {
    clock,
    storage,
    gateway,
    ports,
    board: createBoard(model, ports, options),
    /** Lets `ms` pass in steps. */
    run(ms: number, stepMs = 100): void {
      for (let at = 0; at < ms; at += stepMs) {
        world.board.tick();
        clock.advance(stepMs);
      }
      world.board.tick();
    },
    /** The power goes and comes: what is in RAM is gone. */
    restart(): void {
      gateway.close();
      clock.restart();
      if (openOutbox) ports.outbox = openOutbox();
      world.board = createBoard(model, ports, options);
    },
    records(point: string): DecodedRecord[] {
      return gateway.stored.flatMap((each) => each.records).filter((record) => record.point === point);
    },
  };
  return world;
}
