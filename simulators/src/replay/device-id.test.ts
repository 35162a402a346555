import { isId } from '@usewire/protocol/wire';
import { expect, test } from 'vitest';
import { deviceId, deviceNames } from './device-id.ts';

test('any text becomes a valid id', () => {
  for (const text of ['run 1.fit', 'Früh am Morgen', '...', 'x'.repeat(100)]) {
    expect(isId(deviceId(text)), text).toBe(true);
  }
});

test('two long names that begin alike stay apart', () => {
  const long = 'a-very-long-name-of-a-recording-from-';
  expect(deviceId(`${long}monday`)).not.toBe(deviceId(`${long}tuesday`));
});

test('the file gives the id, the folder helps where two are alike, and a suggestion wins', () => {
  const names = deviceNames();
  expect(names.idFor('/a/shot.csv', undefined)).toBe('shot');
  expect(names.idFor('/b/shot.csv', undefined)).toBe('b-shot');
  expect(names.idFor('/a/shot.csv', undefined)).toBe('shot');
  expect(names.idFor('/c/2007-05-18.csv', 'car-c')).toBe('car-c');
  expect(names.idFor('/c/2007-05-19.csv', 'car-c')).toBe('car-c');
});
