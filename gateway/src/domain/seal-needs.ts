import {
  isEncryptable,
  minimumLevel,
  type SealLevelCode,
  satisfies,
  weakestLink,
} from '@usewire/protocol/seal';
import { Code, Kind, type WireFailure } from '@usewire/protocol/wire';
import type { Delivery } from './delivery.ts';
import type { DeviceEntry } from './device-entry.ts';
import type { IntakeContext } from './intake-context.ts';
import { readSealMark, type SealNeeds } from './seal-state.ts';

/** Levels in the order of the wire. */
const levels: readonly SealLevelCode[] = [0, 1, 2, 3];

/**
 * Null when a message of a kind, of a model ('' = not known) may come as it came; else why not (POU-SEAL-13). What a model that is not
 * known may hold is judged when it is.
 */
export function levelFailure(
  context: IntakeContext,
  { device, seal = 0 }: Pick<Delivery, 'device' | 'seal'>,
  modelHash: string,
  kind: number,
): WireFailure | null {
  const needs = needsOf(context, device, modelHash);
  const { level } = readSealMark(seal);
  if ((isEncryptable(kind) ? needs.content : needs.report)[level]) return null;
  return { code: Code.authRequired, offset: 0, detail: `S${level}, but ${needs.words}` };
}

function needsOf(context: IntakeContext, device: DeviceEntry, modelHash: string): SealNeeds {
  const { needs, hop, registered = null } = device.seal;
  if (
    needs !== null &&
    needs.modelHash === modelHash &&
    needs.hop === hop &&
    needs.registered === registered
  ) {
    return needs;
  }
  const made = makeNeeds(context, device, modelHash);
  device.seal.needs = made;
  return made;
}

function makeNeeds(context: IntakeContext, device: DeviceEntry, modelHash: string): SealNeeds {
  const { policy } = context.seals;
  const { hop, registered = null } = device.seal;
  const sensitivity = context.models.find(device.tenant, modelHash)?.sensitivity ?? 'public';
  const link = weakestLink([hop, policy.behind ?? hop]);
  const byTable = policy.byTable ? minimumLevel(sensitivity, link) : 0;
  const asked = [byTable, policy.minimum, registered?.level ?? 0] as const;
  const suffices = (kind: number) =>
    levels.map((level) => asked.every((least) => least !== 'refuse' && satisfies(level, least, kind)));
  const words =
    byTable === 'refuse'
      ? `${sensitivity} data may not go over ${link} at all`
      : `S${Math.max(...(asked as readonly number[]))} is needed (${sensitivity} over ${link})`;
  return {
    modelHash,
    hop,
    registered,
    content: suffices(Kind.data),
    report: suffices(Kind.hello),
    words,
  };
}
