/** Members that hold something of the gateway, and together at most so much of it. */
export interface Crowd<T> {
  /** What this member holds now; 0 = nothing more. */
  holds(member: T, amount: number): void;
  total(): number;
}

/** `tooMuch` is told of the member that has held on for longest, until the rest is no more than `most`. */
export function crowd<T>(most: number, tooMuch: (longest: T) => void): Crowd<T> {
  // In order of arrival: a Map keeps the place of a key whose value changes.
  const amounts = new Map<T, number>();
  let total = 0;

  function holds(member: T, amount: number): void {
    total += amount - (amounts.get(member) ?? 0);
    if (amount === 0) amounts.delete(member);
    else amounts.set(member, amount);
    while (total > most) {
      const [longest] = amounts.keys() as Iterable<T> as [T];
      holds(longest, 0);
      tooMuch(longest);
    }
  }

  return { holds, total: () => total };
}
