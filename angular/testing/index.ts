/**
 * `rx-realtime/angular/testing`: a server in memory for tests of Angular applications.
 *
 * @packageDocumentation
 */
export {};
