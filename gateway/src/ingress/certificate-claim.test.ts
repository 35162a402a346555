import { describe, expect, it } from 'vitest';
import { deviceOf } from './certificate-claim.ts';

const named = (CN: string | string[], subjectaltname?: string) =>
  deviceOf({ subject: { CN } as never, subjectaltname });

describe('the device that a certificate names', () => {
  it('is that of its URI, else that of its common name', () => {
    expect(named('board 7', 'DNS:x, URI:urn:usewire:acme:bed-1')).toEqual({
      tenant: 'acme',
      device: 'bed-1',
    });
    expect(named('acme.bed-1')).toEqual({ tenant: 'acme', device: 'bed-1' });
    expect(named('acme.bed-1', 'DNS:acme.bed-2, URI:urn:other:x')).toEqual({
      tenant: 'acme',
      device: 'bed-1',
    });
  });

  it.each<[string, string | string[], string?]>([
    ['two URIs', 'x', 'URI:urn:usewire:acme:bed-1, URI:urn:usewire:acme:bed-2'],
    ['a URI that is wrong beside a name that is right', 'acme.bed-1', 'URI:urn:usewire:acme'],
    ['a URI with more behind it', 'x', 'URI:urn:usewire:acme:bed-1:x'],
    ['a URI with a wildcard', 'x', 'URI:urn:usewire:acme:+'],
    ['a URI inside another name', 'x', 'DNS:"a\\u002c URI:urn:usewire:acme:bed-1"'],
    ['two common names', ['acme.bed-1', 'acme.bed-2']],
    ['a common name that is no id', 'bed-1'],
    ['a common name with a wildcard', 'acme.*'],
  ])('is none: %s', (_name, cn, san) => {
    expect(named(cn, san)).toBeNull();
  });

  it('is none in a certificate without a subject', () => {
    expect(deviceOf({} as never)).toBeNull();
  });
});
