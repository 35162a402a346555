import { createServer } from 'node:net';
import { Aedes } from 'aedes';

/** What the gateway is measured against: aedes with nothing but its acknowledgements. */
process.once('message', async () => {
  const broker = await Aedes.createBroker();
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    broker.handle(socket);
  });
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
  process.on('message', (order) => {
    if (order === 'stop') process.exit(0);
  });
});
