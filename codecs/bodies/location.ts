import type * as t from 'io-ts';
import * as c from '../type.js';
import { record } from '../record.js';
import { extraFields, extraWire, fromExtraWire, toExtraWire, type Extras } from './extras.js';
import { messageType, type MessageType } from './message-type.js';

/** A place on the map. Coordinates are in degrees. */
export interface Coordinates {
  readonly latitude: number;
  readonly longitude: number;
}

/** A message with a place (protocol: `_lctype` -5). */
export interface Location extends Coordinates, Extras {
  readonly _tag: 'Location';
}

const Degrees: t.Type<number> = c.guarded('a finite number', (input): input is number => Number.isFinite(input));

const LocationBody = record(
  'Location',
  { _tag: c.literal('Location'), latitude: Degrees, longitude: Degrees },
  extraFields,
);

const LocationWire = record(
  'LocationBody',
  { _lctype: c.literal(-5), _lcloc: record('_lcloc', { latitude: Degrees, longitude: Degrees }, {}) },
  extraWire,
);

/**
 * Makes the body of a location message. It is frozen.
 *
 * @example
 * conversation.send(location({ latitude: 31.2, longitude: 121.5 }, { text: 'Here' }));
 */
export const location = ({ latitude, longitude }: Coordinates, extras: Extras = {}): Location =>
  Object.freeze({ _tag: 'Location', latitude, longitude, ...extras });

/** The type of location messages. */
export const LocationType: MessageType<Location> = messageType({
  type: -5,
  tag: 'Location',
  body: LocationBody,
  wire: LocationWire,
  toBody: (wire) => location(wire._lcloc, fromExtraWire(wire)),
  toWire: ({ latitude, longitude, ...extras }) => ({
    _lctype: -5 as const,
    _lcloc: { latitude, longitude },
    ...toExtraWire(extras),
  }),
});
