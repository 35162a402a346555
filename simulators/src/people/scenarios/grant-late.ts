import { decides, live, type Scenario } from '../scenario.ts';

export const grantLate: Scenario = {
  name: 'grant-late',
  title: 'decides after a while: what waited in memory counts, with its own time',
  deeds: [live(3), decides('ann', 'health', true), live(5), decides('ben', 'improve', true), live(5)],
};
