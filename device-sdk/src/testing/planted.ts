/**
 * Whether a planted text stands anywhere in bytes, at any bit: packed records are one stream of bits. ASCII of at least 6 characters, so that chance
 * does not find it.
 */
export function holdsText(bytes: Uint8Array, text: string): boolean {
  const needle = Buffer.from(text, 'latin1');
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (all.includes(needle)) return true;
  for (let shift = 1; shift < 8; shift++) {
    // Whole bytes between the first and the last, which hold bits of others too.
    const inner = Buffer.alloc(needle.length - 1);
    for (let i = 0; i < inner.length; i++)
      inner[i] = ((needle[i]! << (8 - shift)) | (needle[i + 1]! >> shift)) & 255;
    if (all.includes(inner)) return true;
  }
  return false;
}

/** Every byte that a storage holds, by name. */
export function imageOf(storage: {
  list(): string[];
  size(name: string): number;
  read(name: string, offset: number, length: number): Uint8Array | null;
  get(key: string): Uint8Array | null;
}): { name: string; bytes: Uint8Array }[] {
  const segments = storage
    .list()
    .map((name) => ({ name, bytes: storage.read(name, 0, storage.size(name)) ?? new Uint8Array(0) }));
  const values = ['boot', 'consent', 'model'].map((name) => ({
    name,
    bytes: storage.get(name) ?? new Uint8Array(0),
  }));
  return [...segments, ...values];
}

/** Names of what holds one of the texts. */
export function findTexts(image: { name: string; bytes: Uint8Array }[], texts: readonly string[]): string[] {
  return image.flatMap(({ name, bytes }) =>
    texts.filter((text) => holdsText(bytes, text)).map((text) => `${text} in ${name}`),
  );
}
