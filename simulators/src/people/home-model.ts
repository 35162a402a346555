import { event, product, text } from '@usewire/protocol/model';

const attributes = { text: text({ maxBytes: 40 }) };

/**
 * What two people and a product share, with one thing to say for each purpose: every record is a text of its own, so that it can be looked for
 * anywhere.
 */
export const home = product('sim.home', 1, {
  purposes: {
    service: { basis: 'contract', code: 'service_provision' },
    health: { basis: 'consent', code: 'personalisation', special: true },
    improve: { basis: 'consent', code: 'product_improvement' },
  },
  subjects: ['ann', 'ben'],
  points: {
    used: event({ id: 1, for: 'service', perSubject: true, attributes }),
    slept: event({ id: 2, for: 'health', perSubject: true, priority: 'bulk', attributes }),
    fell: event({ id: 3, for: 'health', perSubject: true, priority: 'critical', attributes }),
    tried: event({ id: 4, for: 'improve', perSubject: true, attributes }),
  },
});

export type Person = 'ann' | 'ben';
export type Asked = 'health' | 'improve';
export const people: readonly Person[] = ['ann', 'ben'];
export const points = { used: 'service', slept: 'health', fell: 'health', tried: 'improve' } as const;
