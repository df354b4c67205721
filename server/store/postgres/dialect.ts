/** The words of PostgreSQL. */
import type { Bounds } from '../sql/calls.js';
import type { Dialect } from '../sql/dialect.js';
import { createStatements, type Statements } from '../sql/sql.js';

const dialect: Dialect = {
  each: (json, name) => `json_array_elements_text(cast(${json} as json)) with ordinality as ${name} (value, key)`,
  rows: (json, name) => `json_array_elements(cast(${json} as json)) as ${name} (value)`,
  part: (name, place) => `(${name}.value ->> ${place})`,
  list: (column) => `json_agg(${column})`,
  greatest: 'greatest',
  least: 'least',
  any: (condition) => `coalesce(bool_or(${condition}), false)`,
  join: 'join',
  by: () => '',
  // All ids are in the index. The type of the time has to be known all the same.
  withId: (select, id, time) => `${select} and m.id = ${id} and (cast(${time} as bigint) is null or true)`,
  idHasTime: '',
  idHasTimeOf: () => '',
  unlimited: 'limit all',
  // Another process sweeps, too, or changes the row.
  lock: 'for update skip locked',
};

export const statementsOf = ({ kept }: Bounds): Statements => createStatements(dialect, kept);

/** The time of the database, ms since 1970. */
export const NOW = `cast(floor(extract(epoch from clock_timestamp()) * 1000) as bigint)`;
