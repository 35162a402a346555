import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { awaitClientHello } from './client-hello.ts';
import { MAX_BYTES_BEFORE_CONNACK } from './opening.ts';

/** A record of type handshake with `size` bytes behind its head. */
function hello(size: number, type = 22): Buffer {
  const record = Buffer.alloc(5 + size, 1);
  record.writeUInt8(type, 0);
  record.writeUInt16BE(size, 3);
  return record;
}

describe('a client hello of TLS', () => {
  let wire: Duplex;
  let told: string[];
  let release: () => void;

  beforeEach(() => {
    wire = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    told = [];
    awaitClientHello(wire as Socket, {
      arrived: (give) => {
        told.push('arrived');
        release = give;
      },
      failed: () => void told.push('failed'),
    });
  });

  const receive = (bytes: Buffer) => void wire.emit('data', bytes);

  it('is whole when its record is, and is told once', () => {
    const bytes = hello(300);
    receive(bytes.subarray(0, 4));
    receive(bytes.subarray(4, 304));
    expect(told).toEqual([]);
    receive(bytes.subarray(304));
    receive(Buffer.of(1));
    expect(told).toEqual(['arrived']);
  });

  it('may drip: a byte at a time makes nothing begin before the last', () => {
    const bytes = hello(20);
    for (const byte of bytes.subarray(0, -1)) receive(Buffer.of(byte));
    expect(told).toEqual([]);
    receive(bytes.subarray(-1));
    expect(told).toEqual(['arrived']);
  });

  it('goes on whole, with what came behind it, to the one who takes the socket', () => {
    const bytes = Buffer.concat([hello(40), Buffer.from('more')]);
    receive(bytes.subarray(0, 30));
    receive(bytes.subarray(30));
    release();
    expect(wire.isPaused()).toBe(true);
    expect(wire.read()).toEqual(bytes);
  });

  it.each<[string, Buffer]>([
    ['MQTT on a port of TLS', Buffer.from('101000044d5154540402003c0004742e6131', 'hex')],
    ['an alert in place of a handshake', hello(2, 21)],
    ['more than 4 KiB', hello(MAX_BYTES_BEFORE_CONNACK)],
  ])('is none: %s', (_what, bytes) => {
    receive(bytes);
    expect(told).toEqual(['failed']);
    receive(hello(10));
    expect(told).toEqual(['failed']);
  });
});
