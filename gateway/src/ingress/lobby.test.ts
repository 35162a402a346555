import { describe, expect, it } from 'vitest';
import { type Lobby, lobby, type Visitor } from './lobby.ts';

const LIMITS = { maxUnidentified: 4, maxUnidentifiedPerAddress: 3, connectTimeoutMs: 100 };

function world(): {
  room: Lobby;
  come(name: string, address?: string, nowMs?: number): Visitor;
  log: string[];
} {
  const room = lobby(LIMITS);
  const log: string[] = [];
  const come = (name: string, address = name, nowMs = 0) => {
    const visitor: Visitor = { address, close: (reason) => log.push(`${name}: ${reason}`) };
    room.enter(visitor, nowMs);
    return visitor;
  };
  return { room, come, log };
}

describe('the lobby', () => {
  it('S2: gives the place of whoever has been silent for longest to the next one', () => {
    const { room, come, log } = world();
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) come(name);
    expect(log).toEqual(['a: lobby', 'b: lobby']);
    expect(room.size()).toBe(4);
  });

  it('S2: keeps those who wait for the gateway, and turns away who comes when all do', () => {
    const { room, come, log } = world();
    for (const name of ['a', 'b', 'c', 'd']) room.busy(come(name));
    come('e');
    expect(log).toEqual(['e: lobby']);
    expect(room.size()).toBe(4);
  });

  it('S2: an address that has its share displaces only itself', () => {
    const { room, come, log } = world();
    come('device');
    for (const name of ['f1', 'f2', 'f3', 'f4', 'f5']) come(name, 'flood');
    expect(log).toEqual(['f1: lobby-address', 'f2: lobby-address']);
    expect(room.size()).toBe(4);
  });

  it('counts silence from when it began again', () => {
    const { room, come, log } = world();
    const first = come('first');
    for (const name of ['b', 'c', 'd']) come(name);
    room.busy(first);
    room.silent(first);
    come('e');
    expect(log).toEqual(['b: lobby']);
  });

  it('closes who is not let in within the connect timeout, silent or not', () => {
    const { room, come, log } = world();
    room.busy(come('a', 'a', 0));
    come('b', 'b', 50);
    room.sweep(100);
    expect(log).toEqual([]);
    room.sweep(101);
    expect(log).toEqual(['a: connect-timeout']);
    room.sweep(151);
    expect(log).toEqual(['a: connect-timeout', 'b: connect-timeout']);
    expect(room.size()).toBe(0);
  });

  it('knows nothing of who has left', () => {
    const { room, come, log } = world();
    const a = come('a');
    room.leave(a);
    room.leave(a);
    room.silent(a);
    room.busy(a);
    for (const name of ['b', 'c', 'd', 'e']) come(name);
    expect(log).toEqual([]);
    expect(room.size()).toBe(4);
  });
});
