/** What every typed message can have beside its own fields: a caption, and what the application attaches. */
import * as t from 'io-ts';
import { defined } from '../defined.js';
import { JsonObject } from '../json.js';

export interface Extras {
  /** A caption (`_lctext`). */
  readonly text?: string;
  /** What the application attaches (`_lcattrs`). */
  readonly attributes?: JsonObject;
}

/** Extras of a body that users see. */
export const extraFields = { text: t.string, attributes: JsonObject };

/** Extras on the wire. */
export const extraWire = { _lctext: t.string, _lcattrs: JsonObject };

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
