import { describe, expect, it } from 'vitest';
import { connackProblem, disconnectProblem, subackProblem } from './cluster-words.ts';

const connack = (reasonCode: number, properties = {}) =>
  connackProblem({ cmd: 'connack', sessionPresent: false, reasonCode, properties });

describe('what a cluster answers', () => {
  it.each([
    [0, {}, null],
    [134, {}, 'the cluster does not take user name and password'],
    [135, { reasonString: 'not today' }, 'the cluster does not let this user in (not today)'],
    [200, {}, 'the cluster refuses the connection with code 200'],
    [0, { sharedSubscriptionAvailable: false }, 'the cluster has no shared subscriptions'],
    [0, { maximumQoS: 0 }, 'the cluster has QoS 0 only: nothing would be known to be stored'],
  ])('to a CONNECT: %s %j', (code, properties, says) => {
    expect(connack(code, properties)).toBe(says);
  });

  it.each([
    [[1, 1], null],
    [[1, 135], 'the subscription b is not allowed to this user'],
    [[0, 1], 'the subscription a is granted with QoS 0 only'],
    [[158, 158], 'the subscription a is refused: the cluster has no shared subscriptions'],
    [[1, 131], 'the subscription b is refused (131)'],
  ])('to a SUBSCRIBE: %j', (granted, says) => {
    expect(subackProblem(granted, ['a', 'b'])).toBe(says);
  });

  it('when it ends a connection', () => {
    expect(disconnectProblem(142)).toMatch(/needs a cluster.clientId of its own$/);
    expect(disconnectProblem(152)).toBe('the cluster ended the connection with code 152');
  });
});
