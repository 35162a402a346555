import {
  createDevice,
  type Device,
  type DeviceOptions,
  type StoragePort,
  type TransportPort,
  type WallTime,
} from '@usewire/device-sdk/core';
import type { Model, ModelTable } from '@usewire/protocol/model';
import type { Action } from '../behaviour/action.ts';
import type { Random } from '../random/stream.ts';
import { createPerformer, type LooseRecorders, type Performer } from './perform.ts';
import type { DeviceSpec } from './spec.ts';
import type { TruthLog } from './truth-log.ts';

export interface SdkBootOptions {
  spec: DeviceSpec;
  table: ModelTable;
  truth: TruthLog;
  sdk: DeviceOptions;
  storage: StoragePort;
  /** Power may be cut: watch what is durable. */
  losesPower: boolean;
  transport: TransportPort;
  random: Random;
  uptimeMs(): number;
  wall(): WallTime | null;
  wake(): void;
}

export interface Outcome {
  /** Records: accepted by the SDK, acknowledged, lost and told; messages that still wait. */
  accepted: number;
  acked: number;
  lost: number;
  waiting: number;
  /** Why the link was lost or a message refused, last; '' when nothing was. */
  problem: string;
}

export const nothing: Outcome = { accepted: 0, acked: 0, lost: 0, waiting: 0, problem: '' };

/** Of boots that are over and the running one. */
export function added(past: Outcome, now: Outcome): Outcome {
  return {
    accepted: past.accepted + now.accepted,
    acked: past.acked + now.acked,
    lost: past.lost + now.lost,
    waiting: now.waiting,
    problem: now.problem,
  };
}

/** Reset cause of POU 1: power on. */
const RESET_POWER_ON = 1;

/** One run of the real SDK from power on to power off: what its application does, and its account. */
export class SdkBoot {
  readonly key: string;
  private readonly options: SdkBootOptions;
  /** For any model: behaviours were held to their own where they were written. */
  private readonly device: Device<Model>;
  private readonly performer: Performer;
  /** Accepted when the last completed sync began: all of that is durable. */
  private durableAccepted = 0;
  private hasSynced = false;
  private isOver = false;

  constructor(options: SdkBootOptions) {
    const { spec, table, truth, random } = options;
    this.options = options;
    this.device = createDevice<Model>({
      model: spec.product.model,
      ports: {
        clock: { uptimeMs: options.uptimeMs, wall: options.wall },
        storage: options.losesPower ? this.watched(options.storage) : options.storage,
        transport: options.transport,
        random: { next: random.next, fill: (bytes) => fill(bytes, random) },
        wake: options.wake,
      },
      options: {
        software: 'simulator',
        hardware: spec.product.name,
        resetCause: RESET_POWER_ON,
        ...options.sdk,
      },
    });
    this.key = this.device.status().boot;
    this.performer = createPerformer({
      table,
      tenant: spec.tenant,
      device: spec.name,
      recorders: this.device.points as LooseRecorders,
      boot: this.key,
      uptimeMs: options.uptimeMs,
      truth,
    });
    this.consent();
  }

  perform(action: Action, atMs: number, index: number): void {
    this.performer.perform(action, atMs, index);
  }

  /** Ms until it wants the next tick. */
  tick(): number {
    const delayMs = this.device.tick();
    if (this.hasSynced) {
      this.hasSynced = false;
      this.durableAccepted = this.device.status().accepted;
    }
    return Math.max(0, delayMs);
  }

  /** Everything that waits becomes messages. */
  flush(): void {
    this.device.flush();
  }

  stop(drainMs: number, done: () => void): void {
    this.device.stop(drainMs, done);
  }

  outcome(): Outcome {
    const { accepted, acked, drops, messages, lastProblem } = this.device.status();
    const lost = Object.values(drops).reduce((sum, count) => sum + count, 0);
    return { accepted, acked, lost, waiting: messages.waiting, problem: lastProblem };
  }

  /** Closes the account. `byPower`: what was not durable may be missing without a gap. */
  end(byPower: boolean): Outcome {
    const { spec, truth } = this.options;
    this.isOver = true;
    truth.close();
    const outcome = this.outcome();
    const { accepted } = outcome;
    const atRisk = byPower ? accepted - this.durableAccepted : 0;
    truth.add({ kind: 'account', tenant: spec.tenant, device: spec.name, boot: this.key, accepted, atRisk });
    return outcome;
  }

  /** Everybody in the household agrees to everything; asked again only when the device has forgotten it. */
  private consent(): void {
    const { table } = this.options;
    const { consent } = this.device;
    for (const subject of [undefined, ...table.subjects]) {
      const choices: Record<string, boolean> = {};
      for (const { name, needsConsent } of table.purposes) {
        if (needsConsent && !consent.isGranted(name, subject)) choices[name] = true;
      }
      if (Object.keys(choices).length > 0) consent.set(choices, { notice: 'simulated', subject });
    }
  }

  /** The storage, watched for syncs: what is not durable is at risk when the power is cut. */
  private watched(port: StoragePort): StoragePort {
    const sync: StoragePort['sync'] = (done) => {
      port.sync((ok) => {
        if (this.isOver) return;
        this.hasSynced = ok;
        done(ok);
      });
    };
    return { ...port, sync };
  }
}

function fill(bytes: Uint8Array, random: Random): void {
  for (let i = 0; i < bytes.length; i++) bytes[i] = random.int(0, 255);
}
