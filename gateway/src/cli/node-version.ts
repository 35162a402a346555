/** Null when this Node can run us, else one sentence. The floor is that of `engines` in package.json. */
export function unsupportedNode(version: string): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return null;
  return `usewire needs Node 20.19 or newer; this is Node ${version}.`;
}
