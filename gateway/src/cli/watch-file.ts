import { statSync } from 'node:fs';

/** Twice within the second in which a change is to hold. */
const EVERY_MS = 400;

/**
 * Tells of each change of a file, also of one that takes its place by a rename or behind a link, as editors and Kubernetes do it: by looking, because
 * notices of the system miss these. A file that is away is waited for. Returns the way to stop.
 */
export function watchFile(file: string, changed: () => void): () => void {
  let seen = marksOf(file);
  const timer = setInterval(() => {
    const marks = marksOf(file);
    if (marks === null || marks === seen) return;
    seen = marks;
    changed();
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function marksOf(file: string): string | null {
  try {
    const { ino, size, mtimeMs } = statSync(file);
    return `${ino} ${size} ${mtimeMs}`;
  } catch {
    return null;
  }
}
