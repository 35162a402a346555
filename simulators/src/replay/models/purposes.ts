/**
 * The recordings were given to the public by the people in them or by a study that had their consent, and replay has nobody
 * to ask. So their one purpose rests on public interest in research, and 'special' is left to products that have people.
 */
export const publishedData = {
  research: {
    basis: 'public_task',
    code: 'research',
    title: 'Replay of published recordings',
    description: 'Recordings that were published with consent, played to test a system',
  },
} as const;
