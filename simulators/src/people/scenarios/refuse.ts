import { decides, live, type Scenario } from '../scenario.ts';

export const refuse: Scenario = {
  name: 'refuse',
  title: 'says no to everything, and lives on with the product',
  deeds: [
    live(5),
    decides('ann', 'health', false),
    decides('ann', 'improve', false),
    decides('ben', 'health', false),
    decides('ben', 'improve', false),
    live(10),
  ],
};
