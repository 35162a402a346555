/** A connection that has not said who it is. */
export interface Visitor {
  readonly address: string;
  /** Ends it; the lobby has let go of it by then. */
  close(reason: string): void;
}

export interface LobbyLimits {
  maxUnidentified: number;
  maxUnidentifiedPerAddress: number;
  /** From its arrival until it is let in. */
  connectTimeoutMs: number;
}

/**
 * Where connections are until they are let in. Nobody holds a place by silence: when there is none left, the one that has been silent for
 * longest gives up its own. So a thousand half-open sockets take a thousand places and keep nobody out.
 */
export interface Lobby {
  /** A visitor that has said nothing yet. False = no place, and nobody silent: it was closed. */
  enter(visitor: Visitor, nowMs: number): boolean;
  /** It has said what we waited for and waits for us: its place is safe. */
  busy(visitor: Visitor): void;
  /** We wait for it again. */
  silent(visitor: Visitor): void;
  /** It is in, or gone. */
  leave(visitor: Visitor): void;
  sweep(nowMs: number): void;
  size(): number;
}

/** `reason` is what visitors are told of that lose or find no place. */
export function lobby(limits: LobbyLimits, reason = 'lobby'): Lobby {
  /** In order of arrival, with its time. */
  const all = new Map<Visitor, number>();
  const silent = new Set<Visitor>();
  const shareReason = `${reason}-address`;
  const byAddress = new Map<string, { count: number; silent: Set<Visitor> }>();

  function leave(visitor: Visitor): void {
    if (!all.delete(visitor)) return;
    silent.delete(visitor);
    const of = byAddress.get(visitor.address)!;
    of.silent.delete(visitor);
    of.count -= 1;
    if (of.count === 0) byAddress.delete(visitor.address);
  }

  function end(visitor: Visitor, why: string): void {
    leave(visitor);
    visitor.close(why);
  }

  function makeRoom(among: Set<Visitor> | undefined, why: string): boolean {
    const [longest] = among ?? [];
    if (longest === undefined) return false;
    end(longest, why);
    return true;
  }

  /** Why there is no place; null = there is one. */
  function obstacle(address: string): string | null {
    const of = byAddress.get(address);
    const isOverShare = (of?.count ?? 0) >= limits.maxUnidentifiedPerAddress;
    if (isOverShare && !makeRoom(of?.silent, shareReason)) return shareReason;
    if (all.size >= limits.maxUnidentified && !makeRoom(silent, reason)) return reason;
    return null;
  }

  function enter(visitor: Visitor, nowMs: number): boolean {
    const problem = obstacle(visitor.address);
    if (problem !== null) {
      visitor.close(problem);
      return false;
    }
    const of = byAddress.get(visitor.address) ?? { count: 0, silent: new Set() };
    of.count += 1;
    byAddress.set(visitor.address, of);
    all.set(visitor, nowMs);
    listen(visitor);
    return true;
  }

  function listen(visitor: Visitor): void {
    if (!all.has(visitor)) return;
    silent.add(visitor);
    byAddress.get(visitor.address)!.silent.add(visitor);
  }

  return {
    enter,
    leave,
    silent: listen,
    busy(visitor) {
      silent.delete(visitor);
      byAddress.get(visitor.address)?.silent.delete(visitor);
    },
    sweep(nowMs) {
      for (const [visitor, sinceMs] of all) {
        if (nowMs - sinceMs <= limits.connectTimeoutMs) return;
        end(visitor, 'connect-timeout');
      }
    },
    size: () => all.size,
  };
}
