/** The words of SQLite. */
import type { Bounds, Setting } from '../sql/calls.js';
import type { Dialect } from '../sql/dialect.js';
import { createStatements } from '../sql/sql.js';

const dialect: Dialect = {
  each: (json, name) => `json_each(${json}) ${name}`,
  rows: (json, name) => `json_each(${json}) ${name}`,
  part: (name, place) => `json_extract(${name}.value, '$[${place}]')`,
  list: (column) => `json_group_array(${column})`,
  greatest: 'max',
  least: 'min',
  any: (condition) => `coalesce(max(${condition}), 0)`,
  join: 'cross join',
  by: (index) => `indexed by ${index}`,
  // Other messages are in the index of the ids.
  withId: (select, id, time) => `${select} and m.ts = ${time} and m.id = ${id} and m.id_has_time = 1
    union all ${select} and m.id = ${id} and m.id_has_time is null`,
  idHasTime: ', id_has_time',
  idHasTimeOf: (value) => `, ${value}`,
  unlimited: 'limit -1',
  // One connection writes.
  lock: '',
};

/** `time`: the time of the call, ms since 1970. */
export const settingOf = (bounds: Bounds, time: () => number): Setting => ({
  sql: createStatements(dialect, bounds.kept),
  bounds,
  time,
  timeOf: (given) => given,
  keyOf: (key) => key,
});
