export function fuzzOptions(args: string[]): { targets: string[] };
