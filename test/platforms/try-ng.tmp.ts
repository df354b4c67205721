import { createServer } from 'rx-realtime/server';
import { angular } from '/work/wt/angular/test/platforms/tools/angular.js';
const [name, directory] = process.argv.slice(2);
const server = await createServer({ port: 0 });
try { console.log(await angular.find((t) => t.name === name)!.run({ directory: directory!, server: server.url })); }
catch (e) { console.log(String((e as Error).message)); }
await server.close();
