import { describe, expect, it } from 'vitest';
import { clientIdFor, isId, type Leaf, parseClientId, parseTopic, topicFor } from './topics.ts';

const long = 'a'.repeat(32);

describe('topics', () => {
  it.each<[string, string, Leaf, string]>([
    ['acme', 'brew7-0042', 'up', 'pou/1/acme/brew7-0042/up'],
    ['A', '_', 'dn', 'pou/1/A/_/dn'],
    [long, long, 'st', `pou/1/${long}/${long}/st`],
  ])('%s and %s at %s make one topic and back', (tenant, device, leaf, topic) => {
    expect(topicFor(tenant, device, leaf)).toBe(topic);
    expect(parseTopic(topic)).toEqual({ tenant, device, leaf });
  });

  it('reads exactly the topics of this version', () => {
    const others = [
      '',
      'pou',
      'pou/1/a/b',
      'pou/1/a/b/up/',
      'pou/1/a/b/up/x',
      '/pou/1/a/b/up',
      'pou/2/a/b/up',
      'pou/01/a/b/up',
      'Pou/1/a/b/up',
      'pou/1//b/up',
      'pou/1/a//up',
      'pou/1/+/b/up',
      'pou/1/a/#',
      'pou/1/a/b/down',
      'pou/1/a/b/UP',
      'pou/1/a b/c/up',
      'pou/1/ä/b/up',
      'pou/1/a.b/c/up',
      '$SYS/1/a/b/up',
      `pou/1/${long}a/b/up`,
      `pou/1/${'/'.repeat(100000)}`,
    ];
    expect(others.map(parseTopic)).toEqual(others.map(() => null));
  });

  it('are not made of wrong ids', () => {
    expect(() => topicFor('a/b', 'c', 'up')).toThrow(/not an id/);
    expect(() => topicFor('a', '', 'up')).toThrow(/not an id/);
  });

  it('a client id names one tenant and one device', () => {
    expect(clientIdFor('acme', 'brew7')).toBe('acme.brew7');
    expect(parseClientId('acme.brew7')).toEqual({ tenant: 'acme', device: 'brew7' });
    const others = ['acme', '.brew7', 'acme.', 'a.b.c', 'a.b/c', ' acme.brew7', 'acme.brew7 '];
    expect(others.map(parseClientId)).toEqual(others.map(() => null));
  });

  it.each([
    ['a', true],
    ['aZ09_-', true],
    [long, true],
    [`${long}a`, false],
    ['', false],
    ['a+b', false],
    ['a#', false],
    ['a\u0000', false],
  ])('%j is an id: %s', (text, id) => {
    expect(isId(text)).toBe(id);
  });
});
