import { describe, expect, it } from 'vitest';
import { mayLeaveWill, mayPublish, maySubscribe } from './rights.ts';

const id = { tenant: 't', device: 'lamp' };

describe('rights of a device', () => {
  it.each([
    ['pou/1/t/lamp/up', true],
    ['pou/1/t/lamp/st', true],
    ['pou/1/t/lamp/dn', false],
    ['pou/1/t/lamp/up/more', false],
    ['pou/1/t/lamp', false],
    ['pou/1/t/other/up', false],
    ['pou/1/x/lamp/up', false],
    ['pou/2/t/lamp/up', false],
    ['$SYS/broker/new/clients', false],
    ['', false],
  ])('publishing to "%s": %s', (topic, allowed) => {
    expect(mayPublish(id, topic)).toBe(allowed);
  });

  it.each([
    ['pou/1/t/lamp/dn', true],
    ['pou/1/t/lamp/up', false],
    ['pou/1/t/+/dn', false],
    ['pou/1/t/lamp/#', false],
    ['#', false],
    ['$SYS/#', false],
    ['pou/1/t/other/dn', false],
  ])('subscribing to "%s": %s', (filter, allowed) => {
    expect(maySubscribe(id, filter)).toBe(allowed);
  });

  it('a will stands on the own status only', () => {
    expect(mayLeaveWill(id, 'pou/1/t/lamp/st')).toBe(true);
    expect(mayLeaveWill(id, 'pou/1/t/lamp/up')).toBe(false);
    expect(mayLeaveWill(id, 'pou/1/t/other/st')).toBe(false);
  });
});
