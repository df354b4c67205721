/** Time as the server sees it. Tests put another in its place. */
export interface ServerClock {
  /** ms since 1970. */
  now(): number;
}
