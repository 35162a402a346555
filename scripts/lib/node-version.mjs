// Runs on any Node that knows ES modules: it must still be able to say that this Node is too old.
const least = [20, 19];

/** Ends the process with one sentence when this Node is older than the packages need. */
export function requireNode() {
  const parts = process.versions.node.split('.').map(Number);
  const old = parts[0] < least[0] || (parts[0] === least[0] && parts[1] < least[1]);
  if (!old) return;
  console.error(
    'Usewire needs Node ' +
      least.join('.') +
      ' or newer; this is Node ' +
      process.versions.node +
      '. Install a newer Node and try again.',
  );
  process.exit(1);
}
