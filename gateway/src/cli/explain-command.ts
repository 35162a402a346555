import { toHex } from '@usewire/protocol/wire';
import { type DeviceStory, deviceStory } from '../domain/device-story.ts';
import type { DeviceId, SpoolState } from '../domain/ports.ts';
import { messageStory } from '../domain/story.ts';
import { tell } from './device-registry-file.ts';
import { CommandEnd, Exit } from './exit.ts';
import { readSettings } from './settings.ts';
import { readStore } from './store-reader.ts';
import { deviceText, messageText } from './story-words.ts';

interface ExplainFlags {
  config?: string;
  dataDir?: string;
  tenant?: string;
  boot?: string;
  json?: boolean;
}

/** Says where a message is, or how a device is doing, from the store itself: with a running gateway and without. */
export function explainCommand(device: string, seq: string | undefined, flags: ExplainFlags): void {
  const { dataDirectory } = readSettings(flags);
  const { spool } = readStore(dataDirectory);
  const state = spool.load();
  const id = deviceOf(device, flags.tenant, state);
  const story = deviceStory(spool, state, id);
  if (seq === undefined) {
    const positions = { last: spool.lastPosition(), cursors: spool.cursors() };
    tell(flags, plain({ ...story, ...positions }), deviceText(story, positions));
    return;
  }
  const key = { ...id, boot: flags.boot ?? newestBoot(story), seq: readSeq(seq) };
  const told = messageStory(spool, state.boots, key);
  tell(flags, plain(told), messageText(told, story));
}

/** Bytes as hex. */
function plain(value: object): object {
  const asHex = (_key: string, inner: unknown) => (inner instanceof Uint8Array ? toHex(inner) : inner);
  return JSON.parse(JSON.stringify(value, asHex)) as object;
}

function deviceOf(named: string, tenant: string | undefined, state: SpoolState): DeviceId {
  const [first, second] = named.split('.');
  if (second !== undefined) return { tenant: first!, device: second };
  if (tenant !== undefined) return { tenant, device: named };
  const all = [...state.devices, ...state.boots].filter(({ device }) => device === named);
  const tenants = [...new Set(all.map((one) => one.tenant))];
  if (tenants.length === 1) return { tenant: tenants[0]!, device: named };
  const why =
    tenants.length === 0
      ? `The store has never heard of a device "${named}"`
      : `Devices of ${tenants.join(' and ')} are called "${named}"`;
  throw new CommandEnd(tenants.length === 0 ? Exit.refused : Exit.usage, `${why}; name it as tenant.device.`);
}

function newestBoot({ tenant, device, row, boots }: DeviceStory): string {
  const known = row?.boot || boots[0]?.boot;
  if (known !== undefined && known !== '') return known;
  throw new CommandEnd(Exit.refused, `No boot of ${tenant}.${device} is known; name one with --boot.`);
}

function readSeq(text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new CommandEnd(Exit.usage, `"${text}" is no sequence number: a whole number from 0.`);
}
