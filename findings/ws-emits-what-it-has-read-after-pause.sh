#!/usr/bin/env bash
# A WebSocket of ws goes on to emit messages after `pause()`: all that came with the same read of the network.
#
# With       ws 8.23.0, Node 20 and later, Linux x64, loopback.
# One would  guess that no message is emitted while `isPaused` is true: a stream of Node emits no data while it is
#            paused, and keeps what it has read.
# It         pauses the network socket alone. What was read before is parsed and emitted to the end: of 1,000 short
#            messages that came by one read, the 999 behind the one whose handler called `pause()` still come, and
#            `isPaused` is true all the time. A read has up to 64 KiB, so it can have thousands of messages.
# So         a server that bounds its queue by `pause()` has to take what comes on top of the bound, and a consumer
#            that wants one message at a time has to keep the others itself.
#
# The status is 1 if it behaves otherwise than the output below.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' > package.json
npm install --ignore-scripts --no-audit --no-fund --loglevel=error ws@8.23.0 >&2

cat > try.mjs <<'JS'
import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
await once(server, 'listening');
let paused;
let afterwards = 0;
server.on('connection', (socket) => {
  socket.on('message', () => {
    if (paused !== undefined) afterwards += socket.isPaused ? 1 : 0;
    else {
      socket.pause();
      paused = socket.isPaused;
    }
  });
});

// A client by hand, so that all frames are in one write: masked by zeros, each has one byte of text.
const client = connect(server.address().port, '127.0.0.1');
const head = ['GET / HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
client.write([...head, 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==', '\r\n'].join('\r\n'));
await once(client, 'data');
const frame = Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x78]);
client.write(Buffer.concat(Array.from({ length: 1_000 }, () => frame)));
// Until nothing has come for a while.
for (let before = -1; before !== afterwards || paused === undefined; ) {
  before = afterwards;
  await new Promise((resolve) => setTimeout(resolve, 300));
}
console.log(`paused: ${paused}; messages after pause(): ${afterwards} of 999`);
process.exit();
JS

seen=$(node try.mjs)
echo "$seen"
if [[ $seen != 'paused: true; messages after pause(): 999 of 999' ]]; then
  echo 'This has changed.' >&2
  exit 1
fi
