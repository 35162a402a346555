import type { PeerCertificate, TLSSocket } from 'node:tls';
import { isId, parseClientId } from '@usewire/protocol/wire';
import type { DeviceId } from '../domain/ports.ts';
import type { CertificateClaim } from './identity.ts';

const URN = 'URI:urn:usewire:';

/**
 * What the certificate of an accepted TLS connection says. A wrong one does not break the handshake: the device is told by its CONNACK,
 * which it can tell from a bad link.
 */
export function certificateClaim(socket: TLSSocket, isRequired: boolean): CertificateClaim {
  const certificate = socket.getPeerCertificate();
  if (Object.keys(certificate ?? {}).length === 0) {
    return isRequired ? { kind: 'refused', reason: 'certificate-missing' } : { kind: 'none' };
  }
  if (!socket.authorized) return { kind: 'refused', reason: 'certificate' };
  const id = deviceOf(certificate);
  return id === null ? { kind: 'refused', reason: 'certificate-name' } : { kind: 'device', id };
}

/** SAN URI `urn:usewire:<tenant>:<device>`, else CN `<tenant>.<device>`. A certificate that names two devices names none. */
export function deviceOf(certificate: Pick<PeerCertificate, 'subject' | 'subjectaltname'>): DeviceId | null {
  // Node quotes names that hold a comma, so that a name cannot look like two.
  const uris = (certificate.subjectaltname ?? '').split(', ').filter((name) => name.startsWith(URN));
  if (uris.length > 1) return null;
  if (uris.length === 1) return fromUri(uris[0]!);
  const name = certificate.subject?.CN as string | string[] | undefined;
  return typeof name === 'string' ? parseClientId(name) : null;
}

function fromUri(uri: string): DeviceId | null {
  const [tenant = '', device = '', ...more] = uri.slice(URN.length).split(':');
  return more.length === 0 && isId(tenant) && isId(device) ? { tenant, device } : null;
}
