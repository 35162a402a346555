import { decides, live, type Scenario } from '../scenario.ts';

export const sellTheCar: Scenario = {
  name: 'sell-the-car',
  title: 'sells it after a reset; the next owner begins with no choice made',
  deeds: [
    decides('ann', 'health', true),
    decides('ann', 'improve', true),
    { do: 'offline' },
    live(20),
    { do: 'reset' },
    live(5),
    decides('ben', 'improve', true),
    live(5),
    { do: 'online' },
    live(5),
  ],
};
