/** The file of the threads. It is a module of its own, so that tests can run them from the sources. */
export const workerFile = new URL('./worker.js', import.meta.url);
