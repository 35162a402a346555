const digits = '0123456789abcdef';

/** Lower case, two digits a byte. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += digits.charAt(bytes[i] >> 4) + digits.charAt(bytes[i] & 15);
  return text;
}

/** Bytes of hex digits in either case, or null when the text is not that. */
export function fromHex(text: string): Uint8Array | null {
  if (text.length % 2 !== 0) return null;
  const lower = text.toLowerCase();
  const bytes = new Uint8Array(lower.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    const high = digits.indexOf(lower.charAt(2 * i));
    const low = digits.indexOf(lower.charAt(2 * i + 1));
    if (high < 0 || low < 0) return null;
    bytes[i] = high * 16 + low;
  }
  return bytes;
}
