import { event, int, location, num, product, session, text, ucum } from '@usewire/protocol/model';
import { publishedData } from './purposes.ts';

/** enviroCar's name of a phenomenon -> attribute of a reading. */
export const phenomena: Record<string, string> = {
  Speed: 'speed',
  'GPS Speed': 'gps_speed',
  Rpm: 'engine_speed',
  'Engine Load': 'engine_load',
  'Throttle Position': 'throttle',
  'Intake Pressure': 'intake_pressure',
  'Intake Temperature': 'intake_temperature',
  'Calculated MAF': 'air_flow',
  Consumption: 'consumption',
  CO2: 'co2',
  'GPS Altitude': 'altitude',
  'GPS Bearing': 'bearing',
  'GPS Accuracy': 'accuracy',
  'GPS HDOP': 'hdop',
  'GPS PDOP': 'pdop',
  'GPS VDOP': 'vdop',
};

const engine = {
  speed: num({ unit: 'km/h', scale: 0.001, range: [0, 300], outside: 'keep', optional: true, delta: true }),
  engine_speed: num({
    unit: '{turn}/min',
    scale: 0.01,
    range: [0, 12_000],
    outside: 'keep',
    optional: true,
    delta: true,
  }),
  engine_load: num({
    unit: '%',
    scale: 0.001,
    range: [0, 100],
    outside: 'keep',
    optional: true,
    delta: true,
  }),
  throttle: num({ unit: '%', scale: 0.001, range: [0, 100], outside: 'keep', optional: true, delta: true }),
  intake_pressure: num({
    unit: 'kPa',
    scale: 0.001,
    range: [0, 500],
    outside: 'keep',
    optional: true,
    delta: true,
  }),
  intake_temperature: num({
    unit: 'Cel',
    scale: 0.01,
    range: [-60, 200],
    outside: 'keep',
    optional: true,
    delta: true,
  }),
  air_flow: num({
    unit: ucum('g/s'),
    scale: 0.001,
    range: [0, 700],
    outside: 'keep',
    optional: true,
    delta: true,
  }),
  consumption: num({
    unit: 'L/h',
    scale: 0.0001,
    range: [0, 200],
    outside: 'keep',
    optional: true,
    delta: true,
  }),
  co2: num({ unit: 'kg/h', scale: 0.0001, range: [0, 500], outside: 'keep', optional: true, delta: true }),
} as const;

const receiver = {
  gps_speed: num({
    unit: 'km/h',
    scale: 0.001,
    range: [0, 300],
    outside: 'keep',
    optional: true,
    delta: true,
  }),
  altitude: num({
    unit: 'm',
    scale: 0.01,
    range: [-500, 9000],
    outside: 'keep',
    optional: true,
    delta: true,
  }),
  bearing: num({ unit: 'deg', scale: 0.001, range: [0, 360], outside: 'keep', optional: true, delta: true }),
  accuracy: num({ unit: '%', scale: 0.01, range: [0, 1000], outside: 'keep', optional: true, delta: true }),
  hdop: num({ scale: 0.01, range: [0, 100], outside: 'keep', optional: true, delta: true }),
  pdop: num({ scale: 0.01, range: [0, 100], outside: 'keep', optional: true, delta: true }),
  vdop: num({ scale: 0.01, range: [0, 100], outside: 'keep', optional: true, delta: true }),
} as const;

/** A car with an OBD-II adapter and a phone. Every reading holds what was there at that moment. */
export const obd = product('replay.obd', 1, {
  title: 'Recorded drive with OBD-II readings',
  purposes: publishedData,
  points: {
    reading: event({ id: 1, for: 'research', attributes: { position: location(), ...engine, ...receiver } }),
    drive: session({
      id: 2,
      for: 'research',
      attributes: {
        distance: num({ unit: 'km', scale: 0.001, range: [0, 10_000], optional: true, delta: true }),
        maker: text({ maxBytes: 128, optional: true }),
        car_model: text({ maxBytes: 128, optional: true }),
        year: int(1880, 2200, { optional: true }),
        fuel: text({ maxBytes: 128, optional: true }),
        engine: int(0, 20_000, { unit: 'mL', optional: true, description: 'Displacement' }),
      },
    }),
  },
});
