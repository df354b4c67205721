/**
 * `npm run bench:start`: how long an import takes in a new process of Node: of the client and of the server, compared
 * with `leancloud-realtime` and with bare `ws`. With `-- --rounds=3`, it takes less time.
 */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { median, ratio, roundsOr } from './rounds.js';

const ROUNDS = roundsOr(9);

/** What a process imports, by name. Each has what it depends on in its time. */
const imports = {
  client: 'rx-realtime',
  server: 'rx-realtime/server',
  leancloud: 'leancloud-realtime',
  rxjs: 'rxjs',
  ws: 'ws',
};
type Name = keyof typeof imports;
const names = Object.keys(imports) as Name[];

const here = fileURLToPath(new URL('.', import.meta.url));

/** Imports in a new process. Gives the time of the clock and of the processor, ms. */
const importing = (specifier: string): { readonly wall: number; readonly cpu: number } => {
  const program = `
    const started = performance.now();
    const { user, system } = process.cpuUsage();
    await import(${JSON.stringify(specifier)});
    const wall = performance.now() - started;
    const used = process.cpuUsage();
    process.stdout.write(wall + ' ' + (used.user + used.system - user - system) / 1000);
    process.exit();`;
  const said = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { cwd: here });
  const [wall = NaN, cpu = NaN] = said.toString().split(' ').map(Number);
  return { wall, cpu };
};

const times = new Map(names.map((name) => [name, { wall: [] as number[], cpu: [] as number[] }]));
// One round first, which fills the caches of the system.
for (let round = -1; round < ROUNDS; round += 1) {
  for (let index = 0; index < names.length; index += 1) {
    // The next round begins with the next one.
    const name = names[(index + Math.max(0, round)) % names.length] ?? 'client';
    const { wall, cpu } = importing(imports[name]);
    if (round < 0) continue;
    times.get(name)?.wall.push(wall);
    times.get(name)?.cpu.push(cpu);
  }
}

const cpuOf = (name: Name): readonly number[] => times.get(name)?.cpu ?? [];
const ms = (numbers: readonly number[]): number => Number(median(numbers).toFixed(1));

console.log(`An import, ms; ${ROUNDS} rounds; Node ${process.version}, ${availableParallelism()} cores`);
console.table(
  Object.fromEntries(
    names.map((name) => [
      name,
      {
        ms: ms(times.get(name)?.wall ?? []),
        'CPU ms': ms(cpuOf(name)),
        'x leancloud, CPU': ratio(cpuOf(name), cpuOf('leancloud')),
        'x ws, CPU': ratio(cpuOf(name), cpuOf('ws')),
      },
    ]),
  ),
);
console.log(
  JSON.stringify({
    ...Object.fromEntries(names.map((name) => [name, ms(cpuOf(name))])),
    clientToLeancloud: ratio(cpuOf('client'), cpuOf('leancloud')),
    serverToWs: ratio(cpuOf('server'), cpuOf('ws')),
  }),
);
