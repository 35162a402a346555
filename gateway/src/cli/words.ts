/** A span of time in its largest fitting unit, exact to three digits. */
export function span(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 120_000) return `${ms / 1_000} s`;
  if (ms < 7_200_000) return `${round(ms / 60_000)} min`;
  if (ms < 172_800_000) return `${round(ms / 3_600_000)} h`;
  return `${round(ms / 86_400_000)} days`;
}

/** `1 d 02:03:04.567` */
export function uptime(ms: number): string {
  const days = Math.floor(ms / 86_400_000);
  const clock = new Date(ms % 86_400_000).toISOString().slice(11, 23);
  return days > 0 ? `${days} d ${clock}` : clock;
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
