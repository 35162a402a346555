import type { SinkRecord } from '../../domain/ports.ts';

/** `{tenant}`, `{device}`, `{product}` and `{point}` stand for a record's own. */
export function topicFor(template: string, record: SinkRecord): string {
  return template.replace(/\{(tenant|device|product|point)\}/g, (_, name: 'tenant') => level(record[name]));
}

/** One level of a topic: `/` cuts it, `+` and `#` stand for others, a NUL ends the connection (MQTT 5.0, 4.7). */
export function level(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a broker acts on them.
  return name.replace(/[/+#\u0000-\u001f\u007f-\u009f]/g, '_');
}
