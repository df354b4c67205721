/** Answers to the services beside instant messaging. The vendor's SDKs log in to them; there is nothing to do. */
import { defined } from '../../codecs/defined.js';
import type { CommandOf, Handler } from './handler.js';

/** The Java SDK logs in to the push service with each connection, before any session. */
export const serviceLogin: Handler<CommandOf<'login'>> = (_context, { service }) =>
  Promise.resolve({ answer: { cmd: 'loggedin', ...defined({ service }) } });

/**
 * The Swift and the Objective-C SDK tell the token of the device. Notifications of this server go out by the hook
 * `receiversOffline`, whose application knows its devices.
 */
export const reportUpload: Handler<CommandOf<'report', 'upload'>> = ({ session }) => {
  session();
  return Promise.resolve({ answer: { cmd: 'report', op: 'uploaded' } });
};
