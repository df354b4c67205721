#!/usr/bin/env bash
# A conversation of leancloud-realtime marks messages as read that came after `read()` was called.
#
# With       leancloud-realtime 4.3.1 and 5.0.0-rc.8, ws 8.23.0, protobufjs 8, Node 20 and later, Linux x64, loopback.
# One would  guess that `read()` marks what the user had by then, and that its promise tells when that is sent.
# It         sends one mark a second. A second `read()` waits, its promise is fulfilled at once, and the mark that is
#            sent later goes up to the newest message of that moment. The client counts this message as unread.
# So         the devices of one user disagree about what is unread, unless the server tells the count also to the one
#            that has sent the mark; and a test that compares clients has to wait until the server has the mark.
#
# The status is 1 if one of them behaves otherwise than the output below.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' > package.json
npm install --ignore-scripts --no-audit --no-fund --loglevel=error leancloud-realtime@4.3.1 \
  leancloud-realtime-5@npm:leancloud-realtime@5.0.0-rc.8 ws@8.23.0 protobufjs@8 >&2

cat > try.cjs <<'JS'
const http = require('http');
const { WebSocketServer } = require('ws');
const protobuf = require('protobufjs');

// The few fields of the protocol that are needed here.
const { root } = protobuf.parse(`
  syntax = "proto2";
  message Session { optional string st = 10; optional int32 stTtl = 11; }
  message Direct {
    optional string msg = 1; optional string fromPeerId = 3; optional int64 timestamp = 4;
    optional string cid = 11; optional string id = 12;
  }
  message Mark { required string cid = 1; optional int64 timestamp = 2; optional string mid = 3; }
  message Read { repeated Mark convs = 3; }
  message Conv { optional string cid = 4; optional string cdate = 5; }
  message Command {
    optional int32 cmd = 1; optional int32 op = 2; optional string peerId = 4; optional int32 i = 5;
    optional int64 serverTs = 9; optional Session sessionMessage = 102; optional Direct directMessage = 104;
    optional Read readMessage = 107; optional Conv convMessage = 110;
  }`);
const Command = root.lookupType('Command');
const [SESSION, CONV, DIRECT, READ] = [0, 1, 2, 11];
const [OPEN, OPENED, START, STARTED] = [1, 5, 30, 31];

let socket;
const marks = [];
let marked;
const send = (command) => socket.send(Command.encode(command).finish());
const router = http.createServer((_, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ server: `ws://127.0.0.1:${router.address().port}`, ttl: 3600 }));
});
const server = new WebSocketServer({ server: router, handleProtocols: ([first]) => first });
server.on('connection', (opened) => {
  socket = opened;
  socket.on('message', (bytes) => {
    const { cmd, op, i, peerId, readMessage } = Command.decode(bytes);
    if (cmd === SESSION && op === OPEN)
      send({ cmd, op: OPENED, i, peerId, serverTs: 1, sessionMessage: { st: 'token', stTtl: 3600 } });
    if (cmd === CONV && op === START)
      send({ cmd, op: STARTED, i, peerId, convMessage: { cid: 'a', cdate: '2026-01-01T00:00:00.000Z' } });
    if (cmd === READ) {
      marks.push(`up to ${readMessage.convs[0].mid}`);
      marked?.();
    }
  });
});

router.listen(0, '127.0.0.1', async () => {
  const [name] = process.argv.slice(2);
  const { Realtime } = require(name);
  const at = `127.0.0.1:${router.address().port}`;
  const own = name.endsWith('5')
    ? { server: `http://${at}`, ssl: false }
    : { server: 'http://127.0.0.1:9', RTMServers: `ws://${at}` };
  const tom = await new Realtime({ appId: 'app', appKey: 'key', ...own }).createIMClient('Tom');
  const conversation = await tom.createConversation({ members: ['Jerry'] });
  const receive = async (number) => {
    const come = new Promise((resolve) => conversation.once('message', resolve));
    const directMessage = { msg: 'hello', fromPeerId: 'Jerry', timestamp: 1e12 + number, cid: 'a', id: `${number}` };
    send({ cmd: DIRECT, peerId: 'Tom', directMessage });
    await come;
  };
  await receive(1);
  await conversation.read();
  await receive(2);
  await conversation.read();
  const isMarked = new Promise((resolve) => (marked = () => marks.length === 2 && resolve()));
  await receive(3);
  await isMarked;
  console.log(`${name}: read after 1 and 2; marks ${marks.join(', ')}; unread ${conversation.unreadMessagesCount}`);
  process.exit();
});
JS

seen=$(timeout 60 node try.cjs leancloud-realtime && timeout 60 node try.cjs leancloud-realtime-5)
expected="leancloud-realtime: read after 1 and 2; marks up to 1, up to 3; unread 1
leancloud-realtime-5: read after 1 and 2; marks up to 1, up to 3; unread 1"

echo "$seen"
if [[ $seen != "$expected" ]]; then
  echo 'This has changed.' >&2
  exit 1
fi
