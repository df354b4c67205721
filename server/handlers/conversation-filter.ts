/** Which conversations a `where` asks for. */
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { JsonObject, parseJson } from '../../codecs/index.js';
import { Refusal } from '../refusal.js';

const Ids = t.array(t.string);

/** What is not understood is refused by its name: leaving it out would give other conversations than were asked for. */
const refuse = (operators: readonly string[]): never => {
  throw new Refusal(4310, `this server finds conversations by objectId, equal or $in, not by ${operators.join(', ')}`);
};

/** The ids in a `where`, each once. */
export const idsOf = (where: string): readonly string[] => {
  const parsed = parseJson(where);
  if (E.isLeft(parsed) || !JsonObject.is(parsed.right)) throw new Refusal(4310, 'where is not a JSON object');
  const { objectId, ...others } = parsed.right;
  if (Object.keys(others).length > 0) refuse(Object.keys(others));
  if (typeof objectId === 'string') return [objectId];
  if (!JsonObject.is(objectId)) throw new Refusal(4310, 'where should be { "objectId": id } or { "objectId": { "$in": [ids] } }');
  const { $in, ...operators } = objectId;
  if (Object.keys(operators).length > 0) refuse(Object.keys(operators));
  if (!Ids.is($in)) throw new Refusal(4310, '$in should be a list of conversation ids');
  return [...new Set($in)];
};
