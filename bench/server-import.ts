/** A process that imports the server and tells how long it took, ms. */
const began = performance.now();
await import('rx-realtime/server');
process.send?.({ ms: performance.now() - began });
process.on('disconnect', () => process.exit());
