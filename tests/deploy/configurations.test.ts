import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isBuilt, usewire } from '../support/usewire-cli.ts';

const deploy = join(import.meta.dirname, '../../deploy');

describe.skipIf(!isBuilt)('a configuration of deploy/ (built)', () => {
  it.each(['compose/usewire.yaml', 'kubernetes/usewire.yaml'])(
    '%s lacks nothing but the certificates of the operator',
    async (file) => {
      const { stderr } = await usewire(['validate', join(deploy, file)]);
      const problems = stderr.trim().split('\n').slice(0, -1);
      expect(problems).toHaveLength(1);
      expect(problems[0]).toContain('/etc/usewire/tls/tls.crt');
    },
  );
});
