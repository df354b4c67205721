/** Every typed message can have these fields beside its own: a caption, and attributes of the application. */
import * as c from '../type.js';
import { defined } from '../defined.js';
import { JsonObject } from '../json.js';

export interface Extras {
  /** A caption (`_lctext`). */
  readonly text?: string;
  /** Attributes of the application (`_lcattrs`). */
  readonly attributes?: JsonObject;
}

/** The extras of a body that users see. */
export const extraFields = { text: c.string, attributes: JsonObject };

/** The extras on the wire. */
export const extraWire = { _lctext: c.string, _lcattrs: JsonObject };

interface ExtraWire {
  readonly _lctext?: string;
  readonly _lcattrs?: JsonObject;
}

/** Absent keys stay absent. */
export const fromExtraWire = ({ _lctext, _lcattrs }: ExtraWire): Extras =>
  defined({ text: _lctext, attributes: _lcattrs });

/** The inverse of `fromExtraWire`. */
export const toExtraWire = ({ text, attributes }: Extras): ExtraWire =>
  defined({ _lctext: text, _lcattrs: attributes });
