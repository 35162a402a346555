import type { DeviceId } from './ports.ts';

/** Why a login is refused. Each is a label of the metric `refused`; none says more to a stranger than to the owner of the secret. */
export type RefusedLogin =
  | 'client-id'
  | 'user-name'
  | 'token'
  | 'revoked'
  | 'claim'
  | 'claim-expired'
  | 'claim-used'
  | 'claim-secret'
  | 'claim-known-device'
  | 'certificate'
  | 'certificate-name'
  | 'certificate-missing'
  /** A serial port is configured for a device that is not registered. */
  | 'port-device'
  /** The registry cannot be read or written now: the device tries again. */
  | 'registry';

/** `credential` names what it came in with, so that it can be asked later whether that still holds. It is no secret. */
export type LoginAnswer = { ok: true; credential: string } | { ok: false; reason: RefusedLogin };

/** Credentials that may change while the gateway runs. Never throws. */
export interface CredentialBook {
  /** A password; may redeem a claim, which is durable when this returns. */
  check(id: DeviceId, password: Uint8Array): LoginAnswer;
  /** A certificate that names the device: refused only when the device is revoked. */
  checkCertified(id: DeviceId): LoginAnswer;
  /** A serial port that is configured to be the device's: refused when it is not registered, or revoked. */
  checkPort(id: DeviceId): LoginAnswer;
  /** Whether a connection that came in with this credential may stay. */
  stillHolds(id: DeviceId, credential: string): boolean;
}
