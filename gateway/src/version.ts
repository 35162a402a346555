import { createRequire } from 'node:module';

/** Of this package; `package.json` stands one folder above both the sources and the bundle. */
export const version: string = (createRequire(import.meta.url)('../package.json') as { version: string })
  .version;
