/** Changes of single attributes: they are carried out on what is stored, so that two at the same time both count. */
import { isShallow } from '../../../codecs/dates.js';
import {
  changeAttributes,
  encodeAttributes,
  encodeDates,
  parseJson,
  type Attribute,
  type ConversationInfo,
} from '../../../codecs/index.js';
import { isLeft } from '../../../codecs/either.js';
import { defined } from '../../../codecs/defined.js';
import type { AttributeEdit, ConversationChange } from '../records.js';
import { Refusal } from '../refusal.js';

type Attributes = ConversationInfo['attributes'];

/** Whether a value is an operation, or has one inside. Attributes have few levels. */
export const hasOperation = (value: Attribute): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !(value instanceof Date) &&
  (Object.hasOwn(value, '__op') || Object.values<Attribute>(value).some(hasOperation));

/** Whether a value is the operation that removes what is there. */
export const isDelete = (value: Attribute): boolean =>
  typeof value === 'object' && value !== null && Reflect.get(value, '__op') === 'Delete';

const textOf = (path: readonly string[]): string => path.join('.');

const incremented = ({ path, amount }: Extract<AttributeEdit, { _tag: 'Increment' }>, value: unknown): number => {
  const before = value ?? 0;
  if (typeof before !== 'number')
    throw new Refusal(4306, `${textOf(path)} is no number, so nothing can be added to it`);
  const after = before + amount;
  const isExact = Number.isFinite(after) && (Number.isSafeInteger(after) || !Number.isInteger(after));
  if (!isExact) throw new Refusal(4306, `${textOf(path)} would be ${String(after)}, which is not exact`);
  return after;
};

/** The same text for equal values, also where the keys of objects have another order. */
const nameOf = (value: Attribute): string =>
  JSON.stringify(encodeDates(value), (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([x], [y]) => (x < y ? -1 : 1)))
      : part,
  );

const isList = (value: Attribute | undefined): value is readonly Attribute[] => Array.isArray(value);

type ListEdit = Extract<AttributeEdit, { readonly objects: readonly Attribute[] }>;

const changedList = ({ _tag, path, objects }: ListEdit, value: Attribute | undefined): Attribute | undefined => {
  if (value === undefined && _tag === 'Remove') return undefined;
  const before = value ?? [];
  if (!isList(before)) throw new Refusal(4306, `${textOf(path)} is no list`);
  switch (_tag) {
    case 'Add':
      return [...before, ...objects];
    case 'AddUnique': {
      const names = new Set(before.map(nameOf));
      const news = objects.filter((object) => names.size < names.add(nameOf(object)).size);
      return [...before, ...news];
    }
    case 'Remove': {
      const names = new Set(objects.map(nameOf));
      return before.filter((item) => !names.has(nameOf(item)));
    }
  }
};

/** The value after an edit; undefined removes it. */
const stepOf =
  (edit: AttributeEdit) =>
  (value: Attribute | undefined): Attribute | undefined => {
    switch (edit._tag) {
      case 'Set':
        return edit.value;
      case 'Delete':
        return undefined;
      case 'Increment':
        return incremented(edit, value);
      default:
        return changedList(edit, value);
    }
  };

/**
 * The attributes after edits, made in their order. Throws a `Refusal` of 4306 if an edit does not fit what is there:
 * a number can't be added to a text.
 */
const editAttributes = (before: Attributes, edits: readonly AttributeEdit[]): Attributes => {
  const after = changeAttributes(
    before,
    edits.map((edit) => [edit.path, stepOf(edit)] as const),
  );
  const json = parseJson(encodeAttributes(after));
  if (isLeft(json) || !isShallow(json.right)) throw new Refusal(4306, 'the attributes have at most 100 levels');
  return after;
};

type Described = Pick<ConversationInfo, 'name' | 'attributes'>;

/** The name and the attributes after a change. A store calls it in one step with the read and the write. */
export const describedAfter = (
  { name, attributes }: Described,
  { edits = [], atMost, ...change }: ConversationChange,
): Described => {
  const after: Described = { ...defined({ name, ...change }), attributes: editAttributes(attributes, edits) };
  if (atMost !== undefined) {
    const text = encodeAttributes({ ...after.attributes, ...defined({ name: after.name }) });
    if (new TextEncoder().encode(text).length > atMost)
      throw new Refusal(4306, `the attributes of a conversation have at most ${atMost} bytes`);
  }
  return after;
};
