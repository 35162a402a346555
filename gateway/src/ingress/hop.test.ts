import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { hopOf } from './hop.ts';
import type { CertificateClaim } from './identity.ts';

const none: CertificateClaim = { kind: 'none' };
const device = { kind: 'device', tenant: 't', device: 'bed' } as unknown as CertificateClaim;

function at(socket: Socket, remoteAddress: string | undefined): Socket {
  return Object.defineProperty(socket, 'remoteAddress', { value: remoteAddress });
}

describe('the hop that ends in this gateway', () => {
  it.each([
    ['127.0.0.1', 'loopback'],
    ['127.8.9.1', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['10.0.0.1', 'plain'],
    ['128.0.0.1', 'plain'],
    ['::ffff:10.0.0.1', 'plain'],
    ['2001:db8::127.0.0.1', 'plain'],
    // A socket that is gone says nothing of where it was: the weakest that can be meant.
    [undefined, 'plain'],
  ])('without TLS from %s is %s', (address, hop) => {
    expect(hopOf(at(new Socket(), address), none)).toBe(hop);
  });

  it('with TLS is tls, and mtls only when a certificate names the device', () => {
    const socket = at(new TLSSocket(new Socket()), '10.0.0.1');
    expect(hopOf(socket, none)).toBe('tls');
    expect(hopOf(socket, device)).toBe('mtls');
  });
});
