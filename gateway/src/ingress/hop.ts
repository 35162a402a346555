import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Link } from '@usewire/protocol/seal';
import type { CertificateClaim } from './identity.ts';

/** `::ffff:` is how an IPv4 address looks on a socket of both. */
function isLoopbackAddress(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}

/** The hop that ends here. What lies before a proxy or a broker on this machine nobody can see: `seals.behind` says it. */
export function hopOf(socket: Pick<Socket, 'remoteAddress'>, certificate: CertificateClaim): Link {
  if (isLoopbackAddress(socket.remoteAddress ?? '')) return 'loopback';
  if (!(socket instanceof TLSSocket)) return 'plain';
  return certificate.kind === 'device' ? 'mtls' : 'tls';
}
