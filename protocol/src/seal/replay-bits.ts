/** A window over the last `size` sequence numbers up to `top`, as in RFC 4303, 3.4.3. Bit i of `words` = top - i was seen. */
export interface SeqWindow {
  /** Highest seq seen, -1 = none. */
  top: number;
  /** 32 bits each, newest first. */
  words: readonly number[];
}

export function emptyWindow(size: number): SeqWindow {
  return { top: -1, words: new Array<number>(size / 32).fill(0) };
}

export type SeqVerdict = 'new' | 'repeated' | 'expired';

export function judgeSeq(window: SeqWindow, seq: number): SeqVerdict {
  const age = window.top - seq;
  if (age < 0) return 'new';
  if (age >= window.words.length * 32) return 'expired';
  const word = window.words[age >> 5] ?? 0;
  return (word >>> (age & 31)) & 1 ? 'repeated' : 'new';
}

/** Moves every bit `by` places towards the old end. */
function shifted(words: readonly number[], by: number): number[] {
  const whole = Math.floor(by / 32);
  const part = by % 32;
  return words.map((_, i) => {
    const from = words[i - whole] ?? 0;
    const below = words[i - whole - 1] ?? 0;
    return part === 0 ? from : ((from << part) | (below >>> (32 - part))) >>> 0;
  });
}

/** The window with a seq in it. One that is too old to be kept changes nothing. */
export function withSeq(window: SeqWindow, seq: number): SeqWindow {
  const words =
    seq > window.top && window.top >= 0 ? shifted(window.words, seq - window.top) : [...window.words];
  const top = Math.max(window.top, seq);
  const age = top - seq;
  if (age < words.length * 32) words[age >> 5] = ((words[age >> 5] ?? 0) | (1 << (age & 31))) >>> 0;
  return { top, words };
}
