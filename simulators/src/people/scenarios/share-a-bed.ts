import { decides, live, type Scenario } from '../scenario.ts';

export const shareABed: Scenario = {
  name: 'share-a-bed',
  title: 'two people, two minds: one grants, one refuses, and they swap',
  deeds: [
    decides('ann', 'health', true),
    decides('ben', 'health', false),
    live(10),
    decides('ann', 'health', false),
    decides('ben', 'health', true),
    live(10),
    { do: 'forget', who: 'ben' },
    live(5),
  ],
};
