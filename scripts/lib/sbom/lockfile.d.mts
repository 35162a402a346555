export interface LockedPackage {
  key: string;
  name: string;
  version: string;
  needs: string[];
}
export const published: readonly string[];
export function runtimeOf(name: string): { ours: string[]; direct: string[]; packages: LockedPackage[] };
