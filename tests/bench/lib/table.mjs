/** Prints rows of cells under a head; the first column is text, the others are numbers. */
export function printTable(head, rows) {
  const all = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  for (const row of all) {
    const cells = row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])));
    process.stdout.write(`  ${cells.join('  ')}\n`);
  }
}

export function round(value, digits = 2) {
  return Number(value.toFixed(digits));
}
