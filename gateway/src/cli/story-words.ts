import { kindName } from '@usewire/protocol/wire';
import type { BootStory, DeviceStory } from '../domain/device-story.ts';
import type { MessageStory, SinkStory } from '../domain/story.ts';
import { span } from './words.ts';

/** Where one message is. */
export function messageText(story: MessageStory, device: DeviceStory): string {
  const lines = [
    `${story.tenant}.${story.device}, boot ${story.boot}, seq ${story.seq}: ${FATES[story.fate]}`,
  ];
  if (story.message !== null) lines.push(...storedLines(story.message, story.via));
  lines.push(...story.sinks.flatMap(sinkLines));
  for (const entry of story.quarantine) {
    lines.push(
      `quarantined  ${time(entry.receivedAtMs)}  entry ${entry.id}, ${entry.reason}: ${entry.detail}`,
    );
  }
  if (story.gap !== null) lines.push(...gapLines(story, device));
  if (story.fate === 'unknown') lines.push(...unknownLines(device));
  return `${lines.join('\n')}\n`;
}

const FATES: Record<MessageStory['fate'], string> = {
  stored: 'stored',
  delivered:
    'acknowledged, and not kept any more: delivered to every sink and past its retention, or discarded for want of consent',
  quarantined: 'refused, and kept in quarantine',
  missing: 'never seen',
  unused: 'never seen: the device has not told of having used this number yet',
  unknown: 'never seen: nothing of this boot was ever stored',
};

function storedLines(message: NonNullable<MessageStory['message']>, via: string | null): string[] {
  const { kind, recordCount, gapCount, payload, receivedAtMs, position, modelHash } = message;
  const lost = gapCount > 0 ? `, and ${gapCount} records told as lost` : '';
  const model = modelHash === '' ? '' : `, model ${modelHash}`;
  return [
    `received     ${time(receivedAtMs)}  over ${via ?? 'a connection that is not remembered'}`,
    `stored       position ${position}, ${kindName(kind)}, ${payload.length} bytes, ${recordCount} records${lost}${model}`,
  ];
}

function sinkLines({ sink, state, cursor, sendingThrough, receipt }: SinkStory): string[] {
  const name = `sink ${sink}`.padEnd(13);
  if (state === 'pending') {
    const sending =
      sendingThrough === null ? '' : `; the batch up to ${sendingThrough} was begun and has no answer`;
    return [`${name}pending: the sink is at position ${cursor}${sending}`];
  }
  if (receipt === null) return [`${name}delivered; no receipt was kept at that time`];
  const { firstPosition, lastPosition, messages, records, attempts, sentAtMs, answeredAtMs, answer } =
    receipt;
  const said = answer === '' ? '' : `: ${answer}`;
  const took = attempts > 1 ? ` after ${attempts} attempts in ${span(answeredAtMs - sentAtMs)}` : '';
  const batch = `batch ${sink}/${firstPosition}-${lastPosition} (${messages} messages, ${records} records)`;
  const word = state === 'rejected' ? 'REFUSED' : 'accepted';
  return [`${name}${time(answeredAtMs)}  ${word}${said}${took}`, `${' '.repeat(13)}${batch}`];
}

function gapLines({ gap, boot, quarantine }: MessageStory, { boots, row }: DeviceStory): string[] {
  if (gap === null || quarantine.length > 0) return [];
  const known = boots.find((one) => one.boot === boot);
  const after = known !== undefined && known.highest > gap.last;
  return [
    `missing      ${range(gap)} of this boot ${after ? `while ${gap.last + 1} has come` : 'are told as used and have not come'}`,
    `             ${row?.gapRecords ?? 0} records are told as lost by the device in all; what is still in its outbox comes later`,
  ];
}

function unknownLines({ boots }: DeviceStory): string[] {
  if (boots.length === 0) return [];
  return [`boots        ${boots.map(({ boot }) => boot).join(', ')} are known`];
}

interface Positions {
  last: number;
  cursors: { sink: string; position: number }[];
}

/** How one device is doing. */
export function deviceText(story: DeviceStory, { last, cursors }: Positions): string {
  const { row, boots, quarantine, link } = story;
  const lines = [`${story.tenant}.${story.device}${row === null ? ', never heard' : `  ${row.state}`}`];
  if (row !== null) {
    lines.push(
      `heard        ${time(row.firstSeenMs)} first, ${time(row.lastSeenMs)} last`,
      `stored       ${row.messages} messages, ${row.records} records; ${row.duplicates} duplicates, ${row.gapRecords} records told as lost`,
    );
  }
  if (link !== null) lines.push(`connected    ${time(link.openedAtMs)}  ${link.via}`);
  lines.push(...boots.map(bootLine));
  const sinks = cursors.filter(({ sink }) => !sink.includes(':'));
  for (const { sink, position } of sinks) {
    lines.push(`${`sink ${sink}`.padEnd(13)}${last - position} messages of all devices pending`);
  }
  lines.push(...quarantineLines(quarantine));
  return `${lines.join('\n')}\n`;
}

function bootLine({ boot, stored, highest, nextSeq, lastSeenMs, gaps }: BootStory): string {
  const next = nextSeq > 0 ? `, next is ${nextSeq} by the device's word` : '';
  const missing = gaps.length === 0 ? 'none missing' : `missing ${gaps.map(range).join(', ')}`;
  return (
    `boot ${boot}`.padEnd(13) +
    `${stored} stored up to ${highest}${next}; ${missing}; last heard ${time(lastSeenMs)}`
  );
}

function quarantineLines({ messages, byReason, dropped, newest }: DeviceStory['quarantine']): string[] {
  if (messages + dropped === 0) return ['quarantine   nothing'];
  const reasons = Object.entries(byReason).map(([reason, count]) => `${count} ${reason}`);
  const gone = dropped > 0 ? `; ${dropped} older ones were pushed out` : '';
  return [
    `quarantine   ${messages} messages${reasons.length > 0 ? `: ${reasons.join(', ')}` : ''}${gone}`,
    ...newest.map(
      (entry) =>
        `             ${time(entry.receivedAtMs)}  entry ${entry.id}, ${entry.reason}: ${entry.detail}`,
    ),
  ];
}

function range({ first, last }: { first: number; last: number }): string {
  return first === last ? String(first) : `${first}-${last}`;
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}
