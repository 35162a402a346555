import { setImmediate } from 'node:timers/promises';
import type { Client } from 'aedes';
import { describe, expect, it } from 'vitest';
import { answerOrder } from './answer-order.ts';
import { commands } from './commands.ts';
import type { Connection } from './connection.ts';

const TOPIC = 'pou/1/acme/bed-1/dn';
const bed = { tenant: 'acme', device: 'bed-1' };
/** As many rounds as a command waits for a SUBSCRIBE, and one more. */
const rounds = async (count = 10) => {
  for (let i = 0; i < count; i += 1) await setImmediate();
};

/** A connection that keeps what it is given; `unread`: bytes that its device has not taken. */
function connection(unread = 0) {
  const sent: { payload: Buffer; qos: number }[] = [];
  const closedFor: string[] = [];
  const client = {
    closed: false,
    publish(packet: { payload: Buffer; qos: number }, done: () => void) {
      sent.push(packet);
      done();
    },
  } as unknown as Client;
  const guard = { stream: { unreadBytes: () => unread }, close: (reason: string) => closedFor.push(reason) };
  return { client, sent, closedFor, guard: guard as unknown as Connection };
}

function desk(...connections: ReturnType<typeof connection>[]) {
  const order = answerOrder();
  const found = (client: Client) => connections.find((one) => one.client === client)!.guard;
  return { order, to: commands(order, found) };
}

describe('commands to a device', () => {
  it('reach the one connection that listens, as it asked for them', () => {
    const one = connection();
    const { to } = desk(one);
    to.listens(one.client, TOPIC, 2);
    to.send(bed, Uint8Array.of(1, 2));
    expect(one.sent).toMatchObject([{ topic: TOPIC, payload: Buffer.of(1, 2), qos: 1, retain: false }]);
  });

  it('wait for a SUBSCRIBE that is on its way through the broker', async () => {
    const one = connection();
    const { to } = desk(one);
    to.send(bed, Uint8Array.of(1));
    await rounds(2);
    to.listens(one.client, TOPIC, 0);
    await rounds();
    expect(one.sent).toHaveLength(1);
  });

  it('are given up when nobody listens, and answers that waited for them go out', async () => {
    const { to, order } = desk();
    const answered: string[] = [];
    to.send(bed, Uint8Array.of(1));
    order.after(TOPIC, () => answered.push('ack'));
    expect(answered).toEqual([]);
    await rounds();
    expect(answered).toEqual(['ack']);
  });

  it('close a connection whose device leaves a megabyte unread', () => {
    const deaf = connection(1_048_577);
    const { to, order } = desk(deaf);
    const answered: string[] = [];
    to.listens(deaf.client, TOPIC, 1);
    to.send(bed, Uint8Array.of(1));
    order.after(TOPIC, () => answered.push('ack'));
    expect([deaf.sent, deaf.closedFor, answered]).toEqual([[], ['commands-unread'], ['ack']]);
  });

  it('go to the new connection of a device, also when the old one unsubscribes afterwards', () => {
    const [before, now] = [connection(), connection()];
    const { to } = desk(before, now);
    to.listens(before.client, TOPIC, 1);
    to.listens(now.client, TOPIC, 1);
    to.listensNoMore(before.client, [TOPIC]);
    to.send(bed, Uint8Array.of(7));
    expect([before.sent, now.sent.length]).toEqual([[], 1]);
  });
});
