/** `heartRate` -> `heart_rate`; only letters, digits and `_`, never a digit first. */
export function snake(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase();
  return /^[a-z]/.test(words) ? words : `p_${words}`;
}

/** The name, with a number behind it when it is taken; remembers it. */
export function unique(name: string, taken: Set<string>): string {
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name}_${n}`;
  taken.add(free);
  return free;
}

/** Quotes an identifier; names come from models, and models come from devices. */
export function quoted(name: string): string {
  return `"${name.replace(/"/g, '""')}"`;
}

/** Quotes a text value. */
export function literal(text: string): string {
  return `'${text.replace(/'/g, "''")}'`;
}
