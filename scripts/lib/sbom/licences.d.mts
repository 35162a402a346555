import type { LockedPackage } from './lockfile.mjs';

export function isAllowed(licence: string | undefined): boolean;
export function licenceFaults(packages: readonly LockedPackage[]): string[];
