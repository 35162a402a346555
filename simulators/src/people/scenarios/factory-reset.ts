import { decides, live, type Scenario } from '../scenario.ts';

export const factoryReset: Scenario = {
  name: 'factory-reset',
  title: 'resets the product in the middle of everything',
  deeds: [
    decides('ann', 'health', true),
    decides('ben', 'health', true),
    live(5),
    { do: 'offline' },
    live(10),
    { do: 'reset' },
    { do: 'online' },
    live(5),
  ],
};
