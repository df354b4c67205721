import { firstValueFrom } from 'rxjs';
import type { RtmServer, ServerStats } from 'rx-realtime/server';

/** What a server is doing now. */
export const statsNow = ({ stats$ }: RtmServer): Promise<ServerStats> => firstValueFrom(stats$);
