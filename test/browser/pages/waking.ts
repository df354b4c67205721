/** Logs in, tells the states of its connection, and shows the current one as its title. */
import { createRealtime } from 'rx-realtime';

declare const tell: (value: unknown) => void;

const query = new URLSearchParams(location.search);

addEventListener('pageshow', ({ persisted }) => tell({ persisted }));

const realtime = createRealtime({
  appId: 'app',
  server: query.get('server') ?? '',
  heartbeat: { interval: 600_000, probePatience: 200 },
});
realtime.state$.subscribe((state) => {
  document.title = state._tag;
  tell(state);
});
realtime.session('Tom').subscribe();
