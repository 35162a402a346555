import { describe, expect, it } from 'vitest';
import type { Verdict } from './judge.ts';
import { junit, summary } from './report.ts';

const account = { device: 'home.bed-1', accepted: 3, atRisk: 0, stored: 2, gaps: 0 };
const passed: Verdict = {
  passed: true,
  devices: 1,
  accepted: 3,
  stored: 3,
  gaps: 0,
  duplicates: 0,
  unpromisedTimes: 0,
  findings: [],
  accounts: [account],
};
const failed: Verdict = {
  ...passed,
  passed: false,
  findings: [{ check: 'value', device: 'home.bed-1', count: 2, example: 'note "a" <b> & \u0001' }],
};

describe('report', () => {
  it('says in one line that all is well', () => {
    expect(summary(passed, 'again')).toBe(
      'PASSED: 1 devices, 3 records accepted, 3 stored, 0 in gaps, 0 duplicates',
    );
  });

  it('names the failing check, an example, and the one command that repeats it', () => {
    const text = summary(failed, 'usewire-sim fleet --seed 4');
    expect(text).toContain('value: values and attributes are what the device recorded');
    expect(text).toContain('home.bed-1: 2 x, such as note');
    expect(text).toContain('repeat: usewire-sim fleet --seed 4');
  });

  it('writes JUnit that an XML parser takes, with what XML cannot hold replaced', () => {
    const xml = junit(failed);
    expect(xml).toContain('tests="8" failures="1"');
    expect(xml).toContain('&quot;a&quot; &lt;b&gt; &amp; ?');
    expect(xml.match(/<testcase /g)).toHaveLength(8);
  });
});
