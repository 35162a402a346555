import type { CodeName } from '@usewire/protocol/wire';

export type Family = 'mqtt' | 'cbor' | 'meaning';

/** The device that misbehaves, and what it may reach for. */
export interface Culprit {
  tenant: string;
  device: string;
  /** Left out of the CONNECT where the gateway asks for none. */
  token?: string;
  /** Random boot id of 8 bytes, fresh in every run: sequence numbers of one run never meet those of another. */
  boot: Uint8Array;
  /** A well-behaved device of the same gateway, whose topics, name and data are not the culprit's. */
  victim: { tenant: string; device: string };
}

/** Bytes for the socket, a wait for the CONNACK or for all PUBACKs so far, or the end of the connection by a TCP reset. */
export type Step = Uint8Array | 'accepted' | 'acknowledged' | 'reset';

/** What a right gateway does. Everything a client can see, and what the store has to show for it. */
export interface Answer {
  /** The connection afterwards. A closed one never locks the device out: it can come back at once. */
  connection: 'open' | 'closed';
  /** Return code of the CONNACK, where the bytes of the case stand in the place of a CONNECT. */
  connack?: number;
  /** Return codes of SUBACKs. */
  subacks: readonly number[];
  /** Packet ids of PUBACKs, in order. */
  acked: readonly number[];
  /** Codes of the nacks that come on `dn`. */
  nacks: readonly CodeName[];
  /** Data messages that are stored. */
  stored: number;
  /** Messages that came again and were not stored again. */
  duplicates: number;
  /** Reasons in quarantine, in order. */
  quarantined: readonly CodeName[];
  /** What the table says beyond the figures. */
  note?: string;
}

/** One thing that a device must not do, as data. */
export interface Misbehaviour {
  id: string;
  family: Family;
  title: string;
  /** `socket`: the steps are the first bytes of a connection. `session`: it is accepted and subscribed to its own `dn`. */
  begins: 'socket' | 'session';
  steps(self: Culprit): Step[];
  answer: Answer;
}
