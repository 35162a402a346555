import { mqtt } from './mqtt.ts';

// The file of a board: what `require('usewire-mqtt')` gives.
exports.mqtt = mqtt;
