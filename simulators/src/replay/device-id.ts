import { createHash } from 'node:crypto';
import { basename, dirname, extname } from 'node:path';

const longest = 32;

/** A text as a device id: other characters become '-', and what is too long ends in a piece of its hash. */
export function deviceId(text: string): string {
  const clean = text.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '') || 'recording';
  if (clean.length <= longest) {
    return clean;
  }
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 7);
  return `${clean.slice(0, longest - 8)}-${hash}`;
}

export interface DeviceNames {
  /** The id of a file's device: the recording's own name, else the file's, else with the folder before it. */
  idFor(path: string, suggested: string | undefined): string;
}

/** Names stay the same whatever else is played, but for two files of one name in different folders. */
export function deviceNames(): DeviceNames {
  const owners = new Map<string, string>();
  return {
    idFor(path, suggested) {
      if (suggested !== undefined) {
        return deviceId(suggested);
      }
      const stem = basename(path, extname(path));
      const folder = basename(dirname(path));
      const wanted = [stem, `${folder}-${stem}`, `${stem}-${path}`].map(deviceId);
      const free = wanted.find((id) => (owners.get(id) ?? path) === path) ?? deviceId(path);
      owners.set(free, path);
      return free;
    },
  };
}
