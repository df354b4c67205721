import { firstValueFrom } from 'rxjs';
import type { RtmServer, ServerStats } from 'rx-realtime/server';

/** The present counters of a server. */
export const statsNow = ({ stats$ }: RtmServer): Promise<ServerStats> => firstValueFrom(stats$);
