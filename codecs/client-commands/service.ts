/**
 * The requests of a client to the services beside instant messaging: it logs in to the push service, and tells its
 * device token. What they carry is not read.
 */
import type * as t from 'io-ts';
import { command } from '../commands/envelope.js';

const serviceLogin = command('login', undefined, {}, {});
/** Logs in to the service `service`. Answered by `ServiceLoggedIn`. */
export interface ServiceLogin extends t.TypeOf<typeof serviceLogin> {}
export const ServiceLogin: t.Type<ServiceLogin> = serviceLogin;

const reportUpload = command('report', 'upload', {}, {});
/** Tells the token of the device. Answered by `ReportUploaded`. */
export interface ReportUpload extends t.TypeOf<typeof reportUpload> {}
export const ReportUpload: t.Type<ReportUpload> = reportUpload;

/** A request of a client to a service beside instant messaging. */
export type ClientServiceCommand = ServiceLogin | ReportUpload;
