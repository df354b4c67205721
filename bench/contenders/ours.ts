import { ofType, TextType, createRealtime } from 'rx-realtime';
import type { Contender } from '../contender.js';
import { reader } from '../flood.js';

/** This package, as an application uses it. */
export const ours: Contender = async (server, tally) => {
  const realtime = createRealtime({ appId: 'bench', server });
  await realtime.login(reader).forEach((client) => {
    void client.messages$.pipe(ofType(TextType)).forEach(({ body }) => {
      tally.text(body.text);
    });
  });
};
