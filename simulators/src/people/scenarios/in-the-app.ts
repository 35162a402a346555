import { decides, live, type Scenario } from '../scenario.ts';

export const inTheApp: Scenario = {
  name: 'in-the-app',
  title: "decides in the maker's app, then on the product",
  deeds: [
    live(2),
    decides('ann', 'health', true, 'service'),
    live(10),
    decides('ann', 'health', false, 'service'),
    live(5),
    decides('ann', 'health', true),
    live(5),
  ],
};
