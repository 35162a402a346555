import { seal } from '@usewire/protocol/seal';
import { toHex } from '@usewire/protocol/wire';
import {
  ackHex,
  dataOf,
  ed25519,
  ed25519Public,
  p256Public,
  randomBoot,
  ringOf,
  type SealRow,
  secretBefore,
  statusBytes,
  usual,
} from './seal-row.ts';
import { bytesOf } from './vector.ts';

type Draft = Pick<SealRow, 'id' | 'requirement' | 'description' | 'level'> & Partial<SealRow>;

/** A row whose frame is made of its message. */
export function sealed(draft: Draft, message: Uint8Array): SealRow {
  const row: SealRow = {
    ...usual,
    message: toHex(message),
    frame: '',
    verdict: 'accept',
    cddl: 'match',
    ...draft,
  };
  const counter = row.counter === undefined ? undefined : BigInt(row.counter);
  const signer = { generation: row.current, privateKey: ed25519 };
  const { tenant, device, direction } = row;
  return {
    ...row,
    frame: toHex(seal(row.level, message, { tenant, device, direction, keys: ringOf(row), signer, counter })),
  };
}

const data = dataOf(417, 1032);
const ack = bytesOf(ackHex);
const dn = { direction: 'dn' as const };
const signing = { secrets: {}, publicKeys: { 7: ed25519Public } };

/** ES256 by key "11" of the working group, generation 7; made once. */
const es256 = {
  secrets: {},
  publicKeys: { 7: p256Public },
  level: 3 as const,
  message: toHex(data),
  oneWay: true,
  verdict: 'accept' as const,
  cddl: 'match' as const,
};

export const sealRows: SealRow[] = [
  sealed(
    {
      id: 'seal/s0',
      requirement: 'POU-SEAL-1',
      description: 'no seal, where none is needed',
      level: 0,
      minimum: 0,
    },
    data,
  ),
  sealed(
    { id: 'seal/s1-up', requirement: 'POU-SEAL-3', description: 'COSE_Mac0, 21 bytes more', level: 1 },
    data,
  ),
  sealed(
    {
      id: 'seal/s1-down',
      requirement: 'POU-SEAL-5',
      description: 'the key of the other direction',
      level: 1,
      ...dn,
    },
    ack,
  ),
  sealed(
    {
      id: 'seal/s1-generation-300',
      requirement: 'POU-SEAL-4',
      description: 'a kid of two bytes',
      level: 1,
      current: 300,
      secrets: { 300: secretBefore },
    },
    data,
  ),
  sealed(
    {
      id: 'seal/s1-status',
      requirement: 'POU-SEAL-8',
      description: 'a kind that cannot be encrypted, where S2 is needed',
      level: 1,
      minimum: 2,
    },
    statusBytes,
  ),
  sealed(
    {
      id: 'seal/s2-up',
      requirement: 'POU-SEAL-6',
      description: 'COSE_Encrypt0, boot counter',
      level: 2,
      minimum: 2,
    },
    data,
  ),
  sealed(
    {
      id: 'seal/s2-first',
      requirement: 'POU-SEAL-6',
      description: 'boot 0, seq 0: a Partial IV of one zero',
      level: 2,
    },
    dataOf(0, 0),
  ),
  sealed(
    { id: 'seal/s2-largest', requirement: 'POU-SEAL-6', description: 'the largest boot and seq', level: 2 },
    dataOf(4294967295, 4294967295),
  ),
  sealed(
    {
      id: 'seal/s2-random-boot',
      requirement: 'POU-SEAL-6',
      description: 'a random boot id in the Partial IV and in the key',
      level: 2,
    },
    dataOf(randomBoot, 3),
  ),
  sealed(
    {
      id: 'seal/s2-down',
      requirement: 'POU-SEAL-7',
      description: 'the counter of the gateway',
      level: 2,
      ...dn,
      counter: 90000,
    },
    ack,
  ),
  sealed(
    {
      id: 'seal/s3-ed25519',
      requirement: 'POU-SEAL-3',
      description: 'COSE_Sign1, Ed25519 (-19)',
      level: 3,
      ...signing,
    },
    data,
  ),
  {
    ...usual,
    ...es256,
    id: 'seal/s3-esp256',
    requirement: 'POU-SEAL-3',
    description: 'COSE_Sign1, ESP256 (-9)',
    frame:
      'd28443a10128a1044107582aa9000101190408021901a1031a052688e704449372c470050c078184010001a20102020108010919035258400e931e5a23ff311af6861be2e9637ce539f8c2d0d03bb7bb1b9155efc33981ce8e7b0a8941baf9d6096b1ba72193c57850ce8427df5ae202c814f4dcf2c45d5c',
  },
  {
    ...usual,
    ...es256,
    id: 'seal/s3-es256',
    requirement: 'POU-SEAL-3',
    description: 'COSE_Sign1, ES256 (-7): the id from before RFC 9864',
    frame:
      'd28443a10126a1044107582aa9000101190408021901a1031a052688e704449372c470050c078184010001a2010202010801091903525840734752c9b0d7f536a2c708a72da795f6c445e3aa5bec78d7f3b091a88bf461aafb8e285548a9afafae7430795be06f77a027b0b189d7f08b6f36b2d4588ffef7',
  },
  sealed(
    {
      id: 'seal/generation-before',
      requirement: 'POU-SEAL-9',
      description: 'sealed before the key was renewed',
      level: 1,
      current: 6,
    },
    data,
  ),
];
