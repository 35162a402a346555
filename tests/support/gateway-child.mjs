import { createGateway } from '@usewire/gateway';

/** A gateway in a process of its own, to be killed. Orders: `{directory, models, port?}`, models as hex; answers `{mqttPort}`. */
process.once('message', async ({ directory, models, port = 0 }) => {
  const gateway = createGateway({
    mqtt: { port },
    spool: { directory },
    models: models.map((hex) => Buffer.from(hex, 'hex')),
  });
  const { mqttPort } = await gateway.start();
  process.send({ mqttPort });
});
