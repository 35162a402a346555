import { everything } from './domain/consent/coverage.ts';
import type { EraseTarget } from './domain/erasure/ask-sinks.ts';
import type { ErasureDesk } from './domain/erasure/desk-types.ts';
import { type ErasurePlan, planErasure } from './domain/erasure/erase-plan.ts';
import { createEraser, type Eraser } from './domain/erasure/eraser.ts';
import type { EraseRequest } from './domain/erasure/erasure.ts';
import { erasureDesk } from './domain/erasure/erasure-desk.ts';
import { createRecordDecoder } from './domain/forward-records.ts';
import type { IntakeContext } from './domain/intake-context.ts';
import { newErasureId, systemScheduler } from './system.ts';

/** The right to be erased, in a running gateway. */
export interface Erasures extends Pick<ErasureDesk, 'ask' | 'list' | 'find' | 'slot' | 'names'> {
  /** What a request would find in the gateway now; changes nothing. */
  plan(request: EraseRequest): Promise<ErasurePlan>;
  /** Forwarders say where records have gone. */
  attach(targets: () => readonly EraseTarget[]): void;
}

/** Sets `context.erasures`, and gives what parts and the assembly have of it. */
export function openErasures(context: IntakeContext): Erasures & Pick<Eraser, 'stop'> {
  const { store, devices, clock, log } = context;
  const decode = createRecordDecoder(context.models.find, everything);
  const wake = () => eraser.wake();
  const desk = erasureDesk(context, { newId: newErasureId, wake });
  const ports = { store, devices, desk, decode, clock, log };
  const eraser = createEraser({ ...ports, scheduler: systemScheduler, random: Math.random });
  context.erasures = desk;
  return {
    ask: desk.ask,
    list: desk.list,
    find: desk.find,
    slot: desk.slot,
    names: desk.names,
    plan: (request) => planErasure(request, { ...ports, scheduler: systemScheduler }),
    attach: eraser.attach,
    stop: eraser.stop,
  };
}
