import type { Sink, SinkTraits } from '../domain/ports.ts';
import { eraseLater } from './erase-outcome.ts';
import { type Failed, retryLater } from './outcome.ts';

/** Several sinks on one place that take one batch each at a time, as one that takes several. A member is made when all others are busy. */
export function pooledSink(name: string, traits: SinkTraits, make: () => Sink): Sink {
  const members: Sink[] = [];
  const idle: Sink[] = [];
  let closed = false;

  function free(): Sink | undefined {
    const member = idle.pop();
    if (member !== undefined || members.length >= traits.maxConcurrent) return member;
    const made = make();
    members.push(made);
    return made;
  }

  async function withMember<T>(work: (member: Sink) => Promise<T>): Promise<T | Failed> {
    if (closed) return retryLater('the sink is closed');
    const member = free();
    if (member === undefined) return retryLater(`all ${traits.maxConcurrent} connections are busy`);
    try {
      return await work(member);
    } finally {
      idle.push(member);
    }
  }

  return {
    name,
    traits,
    deliver: (batch, signal) => withMember((member) => member.deliver(batch, signal)),
    async erase(tombstone, signal) {
      const outcome = await withMember((member) => member.erase!(tombstone, signal));
      return outcome.kind === 'erased' ? outcome : eraseLater(outcome);
    },
    async close() {
      closed = true;
      await Promise.all(members.map((member) => member.close()));
    },
  };
}
