import { createHash } from 'node:crypto';
import { createGateway } from '@usewire/gateway';
import { modelBytes } from './messages.mjs';

/** The gateway as it is started in earnest: tokens, store in files, all checks. */
process.once('message', async ({ directory, names, tokens }) => {
  const sha256 = (token) => createHash('sha256').update(token).digest('hex');
  const devices = names.map((name, i) => {
    const [tenant, device] = name.split('.');
    return { tenant, device, tokenSha256: sha256(tokens[i]) };
  });
  // Counted as in earnest, and never reached: a hundred devices send what thousands would.
  const device = { messagesPerSecond: 1e6, burstMessages: 1e6, bytesPerSecond: 2 ** 30, burstBytes: 2 ** 30 };
  const gateway = createGateway({
    mqtt: { port: 0 },
    guard: { device },
    identity: { mode: 'tokens', devices },
    spool: { directory },
    models: [modelBytes],
  });
  const { mqttPort } = await gateway.start();
  process.send({ port: mqttPort });
  process.on('message', async (order) => {
    if (order === 'counters') process.send({ counters: gateway.view.counters() });
    if (order === 'stop') {
      await gateway.stop();
      process.exit(0);
    }
  });
});
