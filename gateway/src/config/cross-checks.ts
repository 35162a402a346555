import type { SinkTraits } from '../domain/ports.ts';
import { SINK_TRAITS } from '../domain/sink-defaults.ts';
import type { Fault } from './faults.ts';
import { child, type Path } from './shape.ts';

/**
 * What no single value shows. Works on the raw value, whatever its shape, so that these faults are told in the same
 * run as the others.
 */
export function crossChecks(config: unknown): Fault[] {
  return [
    ...openDoor(config),
    ...certificateFaults(config),
    ...guardFaults(config),
    ...serialFaults(config),
    ...clusterFaults(config),
    ...tokenFaults(config),
    ...sinkFaults(config),
    ...sealFaults(config),
  ];
}

/** `localhost` may resolve to either loopback address; a name that resolves elsewhere is not loopback. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Off loopback: TLS and authentication, or the word that this is a development gateway. */
function openDoor(config: unknown): Fault[] {
  if (at(config, ['developmentGateway']) === true) return [];
  const isOpen = (at(config, ['auth', 'mode']) ?? 'development') === 'development';
  const door = (listener: string, what: string, instead: string): Fault[] => {
    const path = ['listen', listener, 'host'];
    const host = at(config, path) ?? '127.0.0.1';
    if (typeof host !== 'string' || host === '' || isLoopback(host)) return [];
    const message =
      `"${host}" can be reached from other machines and ${what}; use ${instead}, or the host 127.0.0.1. ` +
      'For a trial on a network of your own say developmentGateway: true';
    return [{ path, message }];
  };
  const lets = 'auth.mode "development" lets any device in';
  const isCertified = at(config, ['listen', 'mqtts', 'requireClientCertificate']) === true;
  return [
    ...door('mqtt', `has no TLS${isOpen ? `, and ${lets}` : ''}`, 'listen.mqtts'),
    ...(isOpen && !isCertified ? door('mqtts', lets, 'auth.mode "registry"') : []),
    ...(at(config, ['listen', 'http', 'cert']) === undefined
      ? door('http', 'has no TLS', 'cert and key beside it')
      : []),
    ...(isOpen && at(config, ['listen', 'http', 'cert']) !== undefined
      ? door('http', lets, 'auth.mode "registry"')
      : []),
  ];
}

function certificateFaults(config: unknown): Fault[] {
  return [...clientCertificateFaults(config), ...halfCertificate(config, ['listen', 'http'])];
}

/** A key without its certificate, or the other way round. */
function halfCertificate(config: unknown, path: Path): Fault[] {
  const tls = at(config, path);
  if ((child(tls, 'cert') === undefined) === (child(tls, 'key') === undefined)) return [];
  return [{ path, message: 'received one of cert and key, expected both or none' }];
}

function clientCertificateFaults(config: unknown): Fault[] {
  const path: Path = ['listen', 'mqtts', 'requireClientCertificate'];
  if (at(config, path) !== true || at(config, ['listen', 'mqtts', 'clientCa']) !== undefined) return [];
  return [
    {
      path,
      message: 'received true, expected clientCa beside it: the file of the CA that certificates rest on',
    },
  ];
}

/** Nothing is sealed in a development gateway's table, so a hop before it would change nothing. */
function sealFaults(config: unknown): Fault[] {
  const path: Path = ['seals', 'behind'];
  if (at(config, ['developmentGateway']) !== true || at(config, path) === undefined) return [];
  const message = `received ${JSON.stringify(at(config, path))}, expected none: developmentGateway: true takes messages whatever their path; use minimum`;
  return [{ path, message }];
}

/** The share of one address beyond that of all is a limit that never holds. */
function guardFaults(config: unknown): Fault[] {
  const path: Path = ['guard', 'maxUnidentifiedPerAddress'];
  const share = at(config, path);
  const all = at(config, ['guard', 'maxUnidentified']) ?? 4_096;
  if (typeof share !== 'number' || typeof all !== 'number' || share <= all) return [];
  return [{ path, message: `received ${share}, expected at most guard.maxUnidentified (${all})` }];
}

/** Two programs cannot read one port, and a device with two ports would take turns in being lost. */
function serialFaults(config: unknown): Fault[] {
  const path: Path = ['serial', 'ports'];
  const ports = list(at(config, path));
  const name = (port: unknown) => `${child(port, 'tenant')}/${child(port, 'device')}`;
  return [
    ...repeated(ports, path, 'path', (port) => child(port, 'path')),
    ...repeated(ports, path, 'device', name),
  ];
}

/** Password and data in the clear, a key without its certificate, two passwords. */
function clusterFaults(config: unknown): Fault[] {
  const path: Path = ['cluster'];
  const of = (key: string) => at(config, [...path, key]);
  const isDevelopment = at(config, ['developmentGateway']) === true;
  const open = list(of('urls')).flatMap((url, index) => {
    if (isDevelopment || typeof url !== 'string' || !url.startsWith('mqtt://') || !URL.canParse(url))
      return [];
    if (isLoopback(new URL(url).hostname)) return [];
    const message = `"${url}" is another machine and has no TLS; use mqtts://. For a trial on a network of your own say developmentGateway: true`;
    return [{ path: [...path, 'urls', index], message }];
  });
  const half = halfCertificate(config, [...path, 'tls']);
  const isAlone = of('shared') === false && of('connections') !== 1;
  const many = {
    path: [...path, 'shared'],
    message: 'received false, expected connections: 1 beside it: each connection would bring every message',
  };
  const both = of('password') !== undefined && of('passwordFile') !== undefined;
  const twice = {
    path: [...path, 'passwordFile'],
    message: 'received both, expected one of password and passwordFile',
  };
  return [...open, ...half, ...(isAlone ? [many] : []), ...(both ? [twice] : [])];
}

function tokenFaults(config: unknown): Fault[] {
  if (['development', 'registry'].includes(String(at(config, ['auth', 'mode'])))) return [];
  const devices = list(at(config, ['auth', 'devices']));
  const path: Path = ['auth', 'devices'];
  const single = devices.flatMap((device, index) => {
    const given = ['tokenSha256', 'tokenFile'].filter((key) => child(device, key) !== undefined);
    if (typeof device !== 'object' || given.length === 1) return [];
    const got = given.length === 0 ? 'neither' : 'both';
    return [
      { path: [...path, index], message: `received ${got}, expected one of tokenSha256 and tokenFile` },
    ];
  });
  const name = (device: unknown) => `${child(device, 'tenant')}/${child(device, 'device')}`;
  return [...single, ...repeated(devices, path, 'device', name)];
}

function sinkFaults(config: unknown): Fault[] {
  const sinks = list(at(config, ['sinks']));
  const placed = (type: string, key: string, fallback: string) => {
    const only = sinks.map((sink) => (child(sink, 'type') === type ? sink : undefined));
    return repeated(only, ['sinks'], key, (sink) => sink && String(child(sink, key) ?? fallback));
  };
  return [
    ...repeated(sinks, ['sinks'], 'name', (sink) => child(sink, 'name')),
    ...placed('sqlite', 'file', 'usage.db'),
    ...placed('jsonl', 'directory', 'jsonl'),
    ...placed('parquet', 'directory', 'lake'),
    ...placed('s3', 'stagingDirectory', 's3-staging'),
    ...sinks.flatMap((sink, index) => [
      ...retryFault(sink, index),
      ...thirdPartyFault(sink, index),
      ...orderFaults(sink, index),
      ...sparkplugFault(sink, index),
    ]),
  ];
}

/** Who gets people's data has to be told what for: the law asks it of whoever passes it on. */
function thirdPartyFault(sink: unknown, index: number): Fault[] {
  if (child(sink, 'thirdParty') !== true || child(sink, 'purposes') !== undefined) return [];
  const message =
    "a third party's sink has to say what it is for: add purposes, such as purposes: [research]";
  return [{ path: ['sinks', index, 'thirdParty'], message }];
}

/** A sink that cannot bear what is asked of it is not asked in silence. */
function orderFaults(sink: unknown, index: number): Fault[] {
  const type = child(sink, 'type');
  if (typeof type !== 'string') return [];
  const traits: SinkTraits = SINK_TRAITS[type as keyof typeof SINK_TRAITS] ?? {
    order: 'kept',
    maxConcurrent: 1,
  };
  const [order, most] = [child(sink, 'order') ?? traits.order, child(sink, 'maxConcurrent')];
  const path: Path = ['sinks', index];
  if (order === 'any' && traits.order === 'kept')
    return [
      {
        path: [...path, 'order'],
        message: `received "any", expected "kept": a ${type} sink is read in its order`,
      },
    ];
  const bound = order === 'kept' ? 1 : traits.maxConcurrent;
  if (typeof most !== 'number' || most <= bound) return [];
  const why = order === 'kept' ? 'order is kept by one batch at a time' : `a ${type} sink takes so many`;
  return [
    { path: [...path, 'maxConcurrent'], message: `received ${most}, expected at most ${bound}: ${why}` },
  ];
}

function retryFault(sink: unknown, index: number): Fault[] {
  const base = at(sink, ['retry', 'baseMs']) ?? 500;
  const most = at(sink, ['retry', 'maxMs']) ?? 60_000;
  if (typeof base !== 'number' || typeof most !== 'number' || base <= most) return [];
  const path = ['sinks', index, 'retry', 'maxMs'];
  return [{ path, message: `received ${most}, expected at least baseMs (${base})` }];
}

function sparkplugFault(sink: unknown, index: number): Fault[] {
  if (child(sink, 'payload') !== 'sparkplug-b' || child(sink, 'sparkplug') !== undefined) return [];
  const path = ['sinks', index, 'payload'];
  return [{ path, message: 'received "sparkplug-b", expected sparkplug: { group, node } beside it' }];
}

/** Every element after the first with the same key. */
function repeated(items: unknown[], path: Path, what: string, keyOf: (item: unknown) => unknown): Fault[] {
  const first = new Map<unknown, number>();
  return items.flatMap((item, index) => {
    const key = keyOf(item);
    if (key === undefined || String(key).includes('undefined')) return [];
    const before = first.get(key);
    if (before === undefined) {
      first.set(key, index);
      return [];
    }
    const at = `${path.join('.')}[${before}]`;
    return [
      {
        path: [...path, index],
        message: `received the ${what} "${key}" again, expected one other than that of ${at}`,
      },
    ];
  });
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(child, value);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
