import type { TailRecord } from './record-feed.ts';

/** One record on one line: time, device, point, value, attributes. */
export function recordLine(record: TailRecord): string {
  const who = `${record.tenant}.${record.device}`;
  if ('problem' in record) return `position ${record.position}  ${who}  cannot be read: ${record.problem}`;
  const subject = record.subject === null ? '' : `/${record.subject}`;
  const value = record.value === null ? '' : ` = ${shown(record.value)}`;
  const attributes = Object.entries(record.attributes).map(([name, found]) => ` ${name}=${shown(found)}`);
  const flags = record.flags.length > 0 ? `  [${record.flags.join(', ')}]` : '';
  const time = new Date(record.atMs).toISOString();
  return `${time}  ${who}${subject}  ${record.point}${value}${attributes.join('')}${flags}`;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
