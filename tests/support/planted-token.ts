/**
 * A text that is planted: made letter by letter, so that the process that records it holds it nowhere but where it was recorded, and whoever searches
 * makes the same one.
 */
export function plantedToken(seed: number, index: number): string {
  let state = (seed * 7919 + index * 104729 + 1) >>> 0;
  const codes: number[] = [];
  for (let i = 0; i < 20; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    codes.push(97 + ((state >>> 16) % 26));
  }
  return String.fromCharCode(...codes);
}
