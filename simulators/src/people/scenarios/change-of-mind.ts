import { decides, live, type Scenario } from '../scenario.ts';

export const changeOfMind: Scenario = {
  name: 'change-of-mind',
  title: 'withdraws and grants again: nothing of before comes back',
  deeds: [
    decides('ann', 'improve', true),
    { do: 'offline' },
    live(5),
    decides('ann', 'improve', false),
    decides('ann', 'improve', true),
    live(5),
    { do: 'online' },
    live(5),
  ],
};
