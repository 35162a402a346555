import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DeviceEntry } from '../../domain/device-entry.ts';
import type { DeviceId } from '../../domain/ports.ts';
import { addressOf } from '../address.ts';
import { type DevicePace, devicePace, NONSENSE_COST } from '../device-pace.ts';
import { turns } from '../turns.ts';
import { Exchange } from './exchange.ts';
import { httpDoors } from './http-doors.ts';
import { httpSeats } from './http-seats.ts';
import type { HttpListener, HttpListenerOptions, HttpListenerPorts } from './http-types.ts';
import { mailboxes } from './mailbox.ts';
import { originHeaders, preflight } from './origins.ts';
import { readBody } from './read-body.ts';
import { busy, type Reply, reply } from './reply.ts';
import { readRequest } from './request.ts';

/** As for MQTT: strangers have so much of each round of the event loop. */
const LOGINS_A_ROUND = 16;
/** Devices that hear over HTTP. */
const MAX_MAILBOXES = 10_000;
/** A client that waits for longer has given up. */
const COMMIT_WAIT_MS = 20_000;

type Answer = Reply | Promise<Reply>;

/** One message a POST, answered when it is stored; what the gateway has to say stands in the answer or waits for a GET. */
export function httpListener(options: HttpListenerOptions, ports: HttpListenerPorts): HttpListener {
  const { clock, scheduler } = ports;
  const boxes = mailboxes(MAX_MAILBOXES);
  const seats = httpSeats(ports);
  const logins = turns(LOGINS_A_ROUND, scheduler.soon);
  const paces = new WeakMap<DeviceEntry, { pace: DevicePace; notBeforeMs: number }>();
  let pressure = false;

  const doors = httpDoors(options, ports, (request, response) => {
    request.on('error', () => {});
    response.on('error', () => {});
    const cross = originHeaders(options.allowOrigins, request);
    const answer = (made: Reply) => reply(response, { ...made, headers: { ...cross, ...made.headers } });
    if (request.method === 'OPTIONS') {
      answer(preflight(cross));
      return;
    }
    const leave = logins.wait(addressOf(request.socket.remoteAddress), async () => {
      answer(await handle(request, response));
    });
    response.once('close', leave);
  });

  function handle(request: IncomingMessage, response: ServerResponse): Answer {
    const asked = readRequest(request, options.maxBodyBytes);
    if ('status' in asked) return refuse(asked);
    const { tenant, device } = asked.topic;
    const clientId = `${tenant}.${device}`;
    const password = Buffer.from(asked.token);
    const certificate = { kind: 'none' as const };
    const who = ports.identify({ clientId, userName: clientId, password, certificate });
    if (!who.ok) return turnAway(who.reason);
    boxes.open(clientId);
    if (asked.what === 'dn') return heard(clientId);
    if (pressure) return busy();
    return takeUp(request, response, who.id);
  }

  /** RFC 9110: 401 asks for other credentials, 403 says that there are none that would do. */
  function turnAway(reason: string): Reply {
    ports.refused(reason);
    if (reason === 'registry') return busy();
    if (reason === 'revoked') return { status: 403, closes: true };
    return { status: 401, headers: { 'www-authenticate': 'Bearer' }, closes: true };
  }

  function refuse({ status, allow }: { status: number; allow?: string }): Reply {
    ports.refused(`http-${status}`);
    const headers: Record<string, string> = allow === undefined ? {} : { allow };
    if (status === 401) headers['www-authenticate'] = 'Bearer';
    return { status, headers, closes: true };
  }

  function heard(clientId: string, status = 200): Reply {
    const messages = boxes.take(clientId);
    return messages.length === 0 && status === 200 ? { status: 204 } : { status, messages };
  }

  async function takeUp(request: IncomingMessage, response: ServerResponse, id: DeviceId): Promise<Reply> {
    const device = seats.of(request.socket, id);
    const waitMs = paceOf(device).notBeforeMs - clock.monotonicMs();
    if (waitMs > 0) {
      ports.paused();
      return { ...busy(waitMs / 1_000), status: 429 };
    }
    const body = await readBody(request, options.maxBodyBytes);
    if (!body.ok) {
      if (body.reason === 'too-large') ports.messageRefused('packet-too-large');
      return { status: body.reason === 'too-large' ? 413 : 400, closes: true };
    }
    const exchange = new Exchange(scheduler, COMMIT_WAIT_MS);
    response.once('close', () => exchange.end());
    const arrival = { target: exchange, token: 0, onStatus: false, linkAgeMs: null };
    const taken = ports.take(device, body.bytes, arrival);
    keepPace(device, taken === null || taken.quarantined ? NONSENSE_COST : 1, body.bytes.length);
    const clientId = `${id.tenant}.${id.device}`;
    if (taken === null) {
      exchange.end();
      const said = heard(clientId, 403);
      // Nothing was said: what is wrong is over some time.
      return said.messages!.length > 0 ? said : busy();
    }
    if ((await exchange.ending) === 'late') return busy();
    ports.acked(1);
    return heard(clientId);
  }

  function paceOf(device: DeviceEntry) {
    const known = paces.get(device) ?? { pace: devicePace(options.device), notBeforeMs: 0 };
    paces.set(device, known);
    return known;
  }

  function keepPace(device: DeviceEntry, cost: number, bytes: number): void {
    const nowMs = clock.monotonicMs();
    const kept = paceOf(device);
    kept.notBeforeMs = nowMs + kept.pace.take(cost, bytes, nowMs);
  }

  return {
    ...{ listen: doors.listen, reloadCertificates: doors.reload, stopAccepting: doors.stopAccepting },
    send(id, payload) {
      if (boxes.put(`${id.tenant}.${id.device}`, payload) === 'pushed-out')
        ports.refused('http-mailbox-full');
    },
    setPressure(on) {
      pressure = on;
    },
    // Each request brings its token, and is asked about it.
    recheck: () => {},
    close: async () => doors.close(),
  };
}
