#!/usr/bin/env bash
# Node runs the ES5 build of RxJS 7 for `import`, too, and no condition reaches the ES2015 build that is in the package.
#
# With       rxjs 7.8.2, Node 20 and later, Linux x64.
# One would  guess that `import { Subject } from 'rxjs'` in a module of Node loads the build with classes, `dist/esm`,
#            or that `node --conditions=es2015` chooses it: the package has the export condition `es2015` for it.
# It         loads `dist/cjs` both times. The condition `node` stands first, and Node always has it. `Subject` is a
#            function there, no class, and `next` makes a function and an iterator for each value.
# So         a profile of a server or of a test in Node shows helpers such as `__values` that no browser runs, and
#            what is measured in Node is not what Angular bundles.
#
# The status is 1 if it behaves otherwise than the output below.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' > package.json
npm install --ignore-scripts --no-audit --no-fund --loglevel=error rxjs@7.8.2 >&2

cat > try.mjs <<'JS'
import { Subject } from 'rxjs';

console.log(import.meta.resolve('rxjs').split('node_modules/')[1]);
console.log(Subject.toString().startsWith('class') ? 'a class' : 'a function');
console.log(Subject.prototype.next.toString().includes('__values') ? 'next has an iterator of ES5' : 'next has a loop');
JS

expected='rxjs/dist/cjs/index.js
a function
next has an iterator of ES5'
for condition in node es2015 module; do
  seen=$(node --conditions="$condition" try.mjs)
  printf 'with --conditions=%s:\n%s\n' "$condition" "$seen"
  [ "$seen" = "$expected" ] || exit 1
done
[ -f node_modules/rxjs/dist/esm/index.js ] || exit 1
