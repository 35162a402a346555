export interface FuzzAllOptions {
  targets: readonly string[];
  module?: string;
  seed: string;
  seconds: number;
  from: number;
  inputs?: number;
  hungMs?: number;
}
export function fuzzAll(options: FuzzAllOptions, write?: (text: string) => void): Promise<0 | 1>;
