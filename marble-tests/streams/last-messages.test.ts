import { map } from 'rxjs';
import { describe, it } from 'vitest';
import { keyedState, lastMessagesReducer, type ClientEvent, type Message } from '../../streams/index.js';
import { marbles } from '../marbles.js';
import { arrived, conversation, message } from './log.js';

const described = (lastMessage?: Message): ClientEvent => ({
  _tag: 'Snapshot',
  conversationId: 'c',
  info: conversation(),
  ...(lastMessage === undefined ? {} : { lastMessage }),
});

/** The last message in short: its time, and when it was edited. */
const diagram = (
  log: string,
  events: Readonly<Record<string, ClientEvent>>,
  last: string,
  values: Readonly<Record<string, string>>,
): void => {
  marbles(({ hot, expectObservable }) => {
    const [state] = keyedState(hot(log, events), lastMessagesReducer);
    const last$ = state
      .at('c')
      .pipe(map(({ timestamp, editedAt }) => [timestamp, editedAt].filter((time) => time !== undefined).join()));
    expectObservable(last$).toBe(last, values);
  });
};

describe('the last message', () => {
  it('is the newest stored message, of any sender', () => {
    diagram(
      '-a-b-t-o-',
      {
        a: arrived({ timestamp: 2 }),
        b: arrived({ timestamp: 3 }, 'sent'),
        t: arrived({ timestamp: 9, transient: true }),
        o: arrived({ timestamp: 1 }),
      },
      '-a-b-----',
      { a: '2', b: '3' },
    );
  });

  it('is the latest version of the message', () => {
    const edit = (timestamp: number, editedAt: number): ClientEvent => ({
      _tag: 'Edit',
      conversationId: 'c',
      message: message({ timestamp, editedAt }),
    });
    diagram('-a-e-o-x-', { a: arrived({ timestamp: 2 }), e: edit(2, 7), o: edit(2, 6), x: edit(1, 9) }, '-a-e-----', {
      a: '2',
      e: '2,7',
    });
  });

  it('follows the server if its message is newer, or a later version of the same message', () => {
    diagram(
      '-n-s-o-e-m-',
      {
        n: described(),
        s: described(message({ timestamp: 5 })),
        o: described(message({ timestamp: 4 })),
        e: described(message({ timestamp: 5, editedAt: 8 })),
        m: described(message({ timestamp: 6 })),
      },
      '---s---e-m-',
      { s: '5', e: '5,8', m: '6' },
    );
  });
});
