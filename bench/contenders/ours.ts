import * as t from 'io-ts';
import { createRealtime, defineMessage } from 'rx-realtime';
import type { Contender } from '../contender.js';
import { CUSTOM, reader } from '../flood.js';

const Operation = defineMessage({ type: CUSTOM, codec: t.type({ op: t.string, count: t.number }) });

/** This package, as an application uses it. */
export const ours: Contender = async (server, tally) => {
  const realtime = createRealtime({ appId: 'bench', server, messages: [Operation] });
  await realtime.login(reader).forEach((client) => {
    void client.messages$.forEach(({ body }) => {
      if (body._tag === 'Text' || body._tag === 'Custom') tally.text(body.text ?? '');
    });
  });
};
