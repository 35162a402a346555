/** One step of a bit stream: [what, value, parameter]. rice: the parameter names the state, made by `start`. */
export type BitOp =
  | ['bits', number, number]
  | ['eg', number, number]
  | ['rice', number, 'time' | 'difference'];

export interface BitRow {
  id: string;
  requirement: string;
  description: string;
  ops: BitOp[];
  /** The stream before padding, worked out by hand from SPEC.md; spaces part the steps. */
  bits: string;
  verdict: 'accept' | 'reject';
  code?: string;
}

const row = (id: string, requirement: string, description: string, ops: BitOp[], bits: string): BitRow => {
  return { id, requirement, description, ops, bits, verdict: 'accept' };
};

/** The last step is refused. Values of the steps are what a lenient reader would see, or 0. */
const bad = (
  id: string,
  what: [requirement: string, code: string],
  description: string,
  ops: BitOp[],
  bits: string,
): BitRow => {
  return { id, requirement: what[0], description, ops, bits, verdict: 'reject', code: what[1] };
};

const zeros = (count: number) => '0'.repeat(count);
const ones = (count: number) => '1'.repeat(count);

/** Bit streams by hand: the packed form's codes without a model. */
export const bitRows: BitRow[] = [
  row(
    'bits/plain',
    'POU-PACK-1',
    'most significant bit first',
    [
      ['bits', 5, 3],
      ['bits', 1, 2],
      ['bits', 0, 0],
    ],
    '101 01',
  ),
  row(
    'bits/53',
    'POU-PACK-1',
    '53 bits',
    [
      ['bits', 1, 1],
      ['bits', 9007199254740991, 53],
    ],
    `1 ${ones(53)}`,
  ),
  row(
    'eg/0',
    'POU-PACK-1',
    'EG(0) of 0 to 4',
    [
      ['eg', 0, 0],
      ['eg', 1, 0],
      ['eg', 2, 0],
      ['eg', 3, 0],
      ['eg', 4, 0],
    ],
    '1 010 011 00100 00101',
  ),
  row(
    'eg/1',
    'POU-PACK-1',
    'EG(1) of 0 to 3',
    [
      ['eg', 0, 1],
      ['eg', 1, 1],
      ['eg', 2, 1],
      ['eg', 3, 1],
    ],
    '10 11 0100 0101',
  ),
  row(
    'eg/4',
    'POU-PACK-1',
    'EG(4) of 15, 16 and 100',
    [
      ['eg', 15, 4],
      ['eg', 16, 4],
      ['eg', 100, 4],
    ],
    '11111 0100000 001110100',
  ),
  row(
    'eg/10',
    'POU-PACK-1',
    'EG(10) of 1000 and 1024',
    [
      ['eg', 1000, 10],
      ['eg', 1024, 10],
    ],
    '11111101000 0100000000000',
  ),
  row(
    'eg/largest',
    'POU-PACK-1',
    'EG(0) of 2^53 - 2',
    [['eg', 9007199254740990, 0]],
    `${zeros(52)}${ones(53)}`,
  ),
  row(
    'eg/largest-4',
    'POU-PACK-1',
    'EG(4) of 2^53 - 2',
    [['eg', 9007199254740990, 4]],
    `${zeros(49)} 1${zeros(49)} 1110`,
  ),
  bad('eg/53-zeros', ['POU-PACK-1', 'malformed'], '53 zeros', [['eg', 0, 0]], `${zeros(53)}${ones(53)}`),
  bad(
    'eg/too-large',
    ['POU-PACK-1', 'malformed'],
    '2^53 - 1 as EG(4)',
    [['eg', 0, 4]],
    `${zeros(49)} 1${zeros(49)} 1111`,
  ),
  bad('eg/cut', ['POU-PACK-1', 'malformed'], 'a stream of zeros', [['eg', 0, 0]], zeros(16)),
  row(
    'rice/quotients',
    'POU-PACK-2',
    'k = 2: 0, then k from A and N',
    [
      ['rice', 5, 'difference'],
      ['rice', 0, 'difference'],
      ['rice', 0, 'difference'],
    ],
    '1001 0000 000',
  ),
  row(
    'rice/fifteen-ones',
    'POU-PACK-2',
    'the largest quotient: 15 ones',
    [['rice', 63, 'difference']],
    `${ones(15)}0 11`,
  ),
  row(
    'rice/escape',
    'POU-PACK-2',
    'the least escape: 16 ones, 7 bits of length, 64',
    [['rice', 64, 'difference']],
    `${ones(16)} 000111 1000000`,
  ),
  row(
    'rice/largest',
    'POU-PACK-2',
    '2^53 - 1',
    [['rice', 9007199254740991, 'difference']],
    `${ones(16)} 110101 ${ones(53)}`,
  ),
  row(
    'rice/saturates',
    'POU-PACK-2',
    'A grows by 2^40 at most: k = 40 afterwards',
    [
      ['rice', 9007199254740991, 'difference'],
      ['rice', 0, 'difference'],
    ],
    `${ones(16)} 110101 ${ones(53)} 0${zeros(40)}`,
  ),
  row(
    'rice/halves',
    'POU-PACK-2',
    'after 63 values of 1, A = 67 and N = 64 become 33 and 32',
    [
      ...Array.from({ length: 63 }, (): BitOp => ['rice', 1, 'difference']),
      ['rice', 0, 'difference'],
      ['rice', 0, 'difference'],
      ['bits', 1, 1],
    ],
    `001 001 ${'01'.repeat(61)} 00 0 1`,
  ),
  row(
    'rice/times',
    'POU-PACK-3',
    'times start at (16, 1): k = 4',
    [
      ['rice', 3, 'time'],
      ['rice', 20, 'time'],
    ],
    '00011 100100',
  ),
  row(
    'rice/differences',
    'POU-PACK-3',
    'differences start at (4, 1): k = 2',
    [['rice', 3, 'difference']],
    '011',
  ),
  row(
    'rice/apart',
    'POU-PACK-3',
    'states do not touch each other',
    [
      ['rice', 0, 'time'],
      ['rice', 0, 'difference'],
      ['rice', 0, 'time'],
    ],
    '00000 000 0000',
  ),
  bad(
    'rice/needless',
    ['POU-PACK-4', 'not-deterministic'],
    'an escape of 63',
    [['rice', 63, 'difference']],
    `${ones(16)} 000110 111111`,
  ),
  bad(
    'rice/long',
    ['POU-PACK-4', 'not-deterministic'],
    'an escape of 64 in 8 bits',
    [['rice', 64, 'difference']],
    `${ones(16)} 001000 01000000`,
  ),
  bad(
    'rice/no-bits',
    ['POU-PACK-4', 'not-deterministic'],
    'an escape of no bits',
    [['rice', 0, 'difference']],
    `${ones(16)} 000000 00`,
  ),
  bad(
    'rice/54-bits',
    ['POU-PACK-2', 'malformed'],
    'an escape of 54 bits',
    [['rice', 0, 'difference']],
    `${ones(16)} 110110 ${ones(54)}`,
  ),
  bad('rice/cut', ['POU-PACK-2', 'malformed'], 'ends inside the low bits', [['rice', 0, 'time']], '11111111'),
  row(
    'zigzag/range',
    'POU-PACK-5',
    'zigzag of -2^52 + 1 ends at 2^53 - 3',
    [['eg', 9007199254740989, 8]],
    `${zeros(45)} 1${zeros(45)} 11111101`,
  ),
];
