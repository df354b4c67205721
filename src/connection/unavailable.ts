import type { ConnectionState } from './state.js';

const offline = {
  paused: 'the realtime is paused until resume() is called',
  frozen: 'the page is put away',
  network: 'there is no network',
};

/** Why a command can't be written in this state, as text. */
export const unavailable = (state: ConnectionState): string => {
  switch (state._tag) {
    case 'Scheduled':
      return `${state.reason.reason}; the next attempt is in ${state.delay} ms`;
    case 'Offline':
      return offline[state.reason];
    case 'Failed':
      return state.error.message;
    case 'Closed':
      return 'the realtime was closed';
    default:
      return 'the connection is not open yet';
  }
};
