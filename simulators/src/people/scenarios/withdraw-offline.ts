import { decides, live, type Scenario } from '../scenario.ts';

export const withdrawOffline: Scenario = {
  name: 'withdraw-offline',
  title: 'withdraws while the product has no link: what waits never leaves',
  deeds: [
    decides('ann', 'health', true),
    decides('ben', 'health', true),
    { do: 'offline' },
    live(20),
    decides('ann', 'health', false),
    live(5),
    { do: 'online' },
    live(5),
  ],
};
