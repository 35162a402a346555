import { collectDefaultMetrics, Registry } from 'prom-client';
import { books } from '../domain/books.ts';
import type { ClusterConnectionStatus, GatewayView, SerialPortStatus, SpoolSize } from '../domain/ports.ts';
import type { ForwarderStatus } from '../forwarder-types.ts';
import type { ReloadCounts } from '../reload.ts';
import { counter, gauge, labelled, type Sample } from './metric-kinds.ts';
import { sinkMetrics } from './sink-metrics.ts';

export interface MetricSources {
  view: GatewayView;
  size(): SpoolSize;
  forwarders(): ForwarderStatus[];
  /** Absent where there is no configuration to read again. */
  reloads?: (() => ReloadCounts) | undefined;
}

/**
 * Prometheus names, base units. Everything is read from plain numbers when it is scraped: the message path never looks
 * up a label. Labels are sink names and reasons; never a device, which would grow without bound.
 */
export function createMetrics(sources: MetricSources): Registry {
  const registry = new Registry();
  pathMetrics(registry, sources.view, sources.size);
  gaugeMetrics(registry, sources.view, sources.size);
  serialMetrics(registry, sources.view);
  clusterMetrics(registry, sources.view);
  sinkMetrics(registry, sources.forwarders);
  if (sources.reloads !== undefined) reloadMetrics(registry, sources.reloads);
  return Registry.merge([processMetrics(), registry]);
}

function reloadMetrics(registry: Registry, reloads: () => ReloadCounts): void {
  counter(registry, {
    name: 'config_reloads_total',
    help: 'Times that the configuration was read again, by what came of it',
    label: 'outcome',
    read: () => labelled('outcome', { applied: reloads().applied, refused: reloads().refused }),
  });
  const now = (name: string, help: string, read: (counts: ReloadCounts) => number) =>
    gauge(registry, { name: `config_${name}`, help, read: () => [[{}, read(reloads())]] });
  now('last_reload_good', '0 while the file is wrong and the configuration before it runs', (c) =>
    Number(c.isGood),
  );
  now(
    'last_reload_timestamp_seconds',
    'When a configuration was last applied; 0 = not since the start',
    (c) => c.appliedAtMs / 1_000,
  );
}

let ofProcess: Registry | undefined;

/**
 * Of the process, once however many gateways it holds. prom-client never ends the observer of garbage collection that it starts for
 * them: one in the registry of each gateway kept every gateway in memory that was ever stopped (found by fuzzing).
 */
function processMetrics(): Registry {
  if (ofProcess === undefined) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}

function pathMetrics(registry: Registry, view: GatewayView, size: () => SpoolSize): void {
  const total = (name: string, help: string, read: (c: ReturnType<GatewayView['counters']>) => number) =>
    counter(registry, { name: `${name}_total`, help, read: () => [[{}, read(view.counters())]] });
  const byReason = (name: string, help: string, read: () => Record<string, number>) =>
    counter(registry, {
      name: `${name}_total`,
      help,
      label: 'reason',
      read: () => labelled('reason', read()),
    });
  counter(registry, {
    name: 'sealed_frames_total',
    help: 'Frames of devices that have seal keys, opened, by level',
    label: 'level',
    read: () => labelled('level', view.counters().sealed),
  });
  counter(registry, {
    name: 'models_refused_total',
    help: 'Models of devices that were not taken: no room, its 4 bytes are taken, not its hash, no model',
    label: 'cause',
    read: () => labelled('cause', view.counters().modelsRefused),
  });
  counter(registry, {
    name: 'messages_refused_total',
    help: 'Messages left with their device, by cause',
    label: 'cause',
    read: () => labelled('cause', booksOf(view).refused),
  });
  counter(registry, {
    name: 'messages_discarded_total',
    help: 'Messages acknowledged and not kept, because a person has not agreed to them, by reason',
    label: 'reason',
    read: () => labelled('reason', booksOf(view).discarded),
  });
  total('messages_arrived', 'Messages of devices, also those that the link refused', (c) => c.arrived);
  total('messages_received', 'Messages that came from devices', (c) => c.received);
  total('reports', 'Messages about the device itself, which are not kept', (c) => c.reports);
  total('released', 'Messages that left quarantine because their model came', (c) => c.released);
  total('messages_stored', 'Messages made durable', (c) => c.messages);
  total('records_stored', 'Records in stored messages', (c) => c.records);
  total('gap_records', 'Records that devices told to have lost', (c) => c.gapRecords);
  total('duplicates', 'Messages that were stored before', (c) => c.duplicates);
  total('payload_bytes', 'Payload of stored messages', (c) => c.bytes);
  total('acks', 'Acknowledgements sent', (c) => c.acks);
  total('nacks', 'Refusals told to devices', (c) => c.nacks);
  total('commits', 'Group commits', (c) => c.commits);
  total('commit_failures', 'Group commits that failed', (c) => c.commitFailures);
  total('unacknowledged', 'Messages taken with QoS 0, without any promise', (c) => c.unacknowledged);
  total('model_requests', 'Models asked of devices', (c) => c.modelRequests);
  total('clock_implausible', 'Device clocks that were not believed', (c) => c.clockImplausible);
  total('pauses', 'Times a device was not read for a while: more than its share', (c) => c.pauses);
  counter(registry, {
    name: 'quarantine_dropped_total',
    help: 'Messages pushed out of quarantine by newer ones, ever',
    read: () => [[{}, size().quarantineDropped]],
  });
  byReason('quarantined', 'Messages put aside', () => view.counters().quarantined);
  byReason('refused', 'Connections refused or closed', () => view.counters().refused);
}

/** Everything is in one place, or `books_difference` is not 0. */
function booksOf(view: GatewayView) {
  return books(view.counters(), view.gauges().uncommittedMessages);
}

function gaugeMetrics(registry: Registry, view: GatewayView, size: () => SpoolSize): void {
  const now = (name: string, help: string, read: () => number) =>
    gauge(registry, { name, help, read: () => [[{}, read()]] });
  now('connections', 'Open connections', () => view.gauges().connections);
  now('unidentified', 'Connections that have not said who they are', () => view.gauges().unidentified);
  now('uncommitted_bytes', 'Taken in and not yet durable', () => view.gauges().uncommittedBytes);
  now(
    'uncommitted_messages',
    'Messages to be stored and not yet durable',
    () => view.gauges().uncommittedMessages,
  );
  now(
    'books_difference',
    'Messages that are in no place of the books: 0, or a bug',
    () => booksOf(view).difference,
  );
  now('paused', '1 while sockets are not read', () => Number(view.gauges().paused));
  now('last_commit_seconds', 'Duration of the last group commit', () => view.gauges().lastCommitMs / 1_000);
  now('storage_failing', '1 while commits fail', () => Number(view.gauges().storageFailure !== null));
  now('spool_used_bytes', 'Pages of the store in use', () => size().usedBytes);
  now('spool_alarm', '1 from the high-water mark of the store on', () => Number(view.gauges().spaceAlarm));
  now('spool_limit_bytes', 'Size at which acknowledging stops', () => size().maxBytes);
  now('spool_messages', 'Messages in the store', () => size().messages);
  now('quarantine_messages', 'Messages in quarantine now', () => size().quarantineMessages);
  now('devices', 'Devices ever seen', () => view.devices().length);
  now('missing_messages', 'Numbers that devices have used and that have not come, on their way or lost', () =>
    view.gaps().reduce((sum, { first, last }) => sum + last - first + 1, 0),
  );
  now(
    'devices_with_gaps',
    'Devices of which messages are missing',
    () => new Set(view.gaps().map(({ tenant, device }) => `${tenant}.${device}`)).size,
  );
}

/** By path, of which there are as many as the configuration names. */
function serialMetrics(registry: Registry, view: GatewayView): void {
  const byPort = (read: (port: SerialPortStatus) => number) => (): Sample[] =>
    view.serialPorts().map((port) => [{ port: port.path }, read(port)]);
  const total = (name: string, help: string, read: (port: SerialPortStatus) => number) =>
    counter(registry, { name: `serial_${name}_total`, help, label: 'port', read: byPort(read) });
  total('bytes', 'Bytes that came over a serial port, noise included', (port) => port.bytes);
  total('frames', 'Whole frames that came over a serial port', (port) => port.frames);
  total(
    'bad_frames',
    'Frames that were cut, changed on the way, too long or of no known type',
    (port) => port.badFrames,
  );
  total('opened', 'Times that a serial port was opened', (port) => port.opened);
  const now = (name: string, help: string, read: (port: SerialPortStatus) => number) =>
    gauge(registry, { name: `serial_${name}`, help, label: 'port', read: byPort(read) });
  now('up', '1 while a serial port is open', (port) => Number(port.state === 'open'));
  now('device_in', '1 while the device of a serial port is let in', (port) => Number(port.isIn));
}

/** By client id, of which there are as many as the configuration asks for. */
function clusterMetrics(registry: Registry, view: GatewayView): void {
  const label = 'client';
  const each = (read: (connection: ClusterConnectionStatus) => number) => (): Sample[] =>
    view.clusterConnections().map((connection) => [{ client: connection.clientId }, read(connection)]);
  const help = 'Times that a connection to the MQTT cluster came up';
  counter(registry, { name: 'cluster_opened_total', help, label, read: each(({ opened }) => opened) });
  const now = (name: string, about: string, read: (connection: ClusterConnectionStatus) => number) =>
    gauge(registry, { name: `cluster_${name}`, help: about, label, read: each(read) });
  now('up', '1 while a connection to the MQTT cluster brings messages', ({ isUp }) => Number(isUp));
  now(
    'waiting_messages',
    'Messages of the MQTT cluster that wait for their commit',
    ({ waiting }) => waiting,
  );
}
