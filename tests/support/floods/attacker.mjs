import { attacks, prepare } from './attacks.mjs';

/** A process of its own: `{attack, ...order}` begins, 'tally' asks, 'stop' ends. */
const tally = { started: 0, tried: 0, closed: 0, messages: 0 };
let stop = () => {};

process.on('message', async (order) => {
  if (order === 'tally') process.send(tally);
  else if (order === 'stop') {
    stop();
    process.disconnect();
  } else {
    await prepare();
    stop = attacks[order.attack](order, tally);
    process.send('begun');
  }
});
