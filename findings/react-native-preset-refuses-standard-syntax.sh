#!/usr/bin/env bash
# React Native's Babel preset, which Metro uses for every file of every package, refuses standard JavaScript.
#
# With       @react-native/babel-preset 0.86.3, @babel/core 7.29.0, seen on Node 20.20.
# One would  guess that a preset for apps passes on, or compiles, each syntax that it can parse.
# It         stops the build at `export * as ns from` (ES2020) and at static blocks of classes (ES2022): its parser
#            reads both, no plug-in of the preset handles them, and another one then throws. The same namespace as an
#            import that is exported is fine.
# So         a package that is to be bundled by Metro publishes neither of the two.
#
# The status is 1 if the preset behaves otherwise than the output below.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' > package.json
npm install --ignore-scripts --no-audit --no-fund --loglevel=error \
  @react-native/babel-preset@0.86.3 @babel/core@7.29.0 >&2

cat > try.cjs <<'JS'
const { transformSync } = require('@babel/core');
const options = { presets: ['module:@react-native/babel-preset'], configFile: false, babelrc: false, filename: 'a.js' };
for (const code of [
  "import * as ns from './x'; export { ns };",
  "export * as ns from './x';",
  'class A { static x = 1; #y = 2; z() { return this.#y; } }',
  'class A { static { this.x = 1; } }',
]) {
  try {
    transformSync(code, options);
    console.log(`compiled  ${code}`);
  } catch {
    console.log(`refused   ${code}`);
  }
}
JS

seen=$(node try.cjs)
expected="compiled  import * as ns from './x'; export { ns };
refused   export * as ns from './x';
compiled  class A { static x = 1; #y = 2; z() { return this.#y; } }
refused   class A { static { this.x = 1; } }"
echo "$seen"
if [[ $seen != "$expected" ]]; then
  echo 'The preset behaves otherwise now.' >&2
  exit 1
fi
