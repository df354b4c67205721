#!/usr/bin/env bash
# A conversation of leancloud-realtime reads no part of an attribute by the key that has set it.
#
# With       leancloud-realtime 4.3.1, ws 8.23.0, protobufjs 8, Node 20 and later, Linux x64, loopback.
# One would  guess that `get` takes the keys that `set` takes: `set('mood.today', 'good')` sets a part of the attribute
#            `mood`, at once and on the server.
# It         does not: `get('mood.today')` is undefined before and after `save()`, while `get('mood')` has the part.
# So         an application that reads what it has set sees it missing, and a test that compares clients by the keys
#            that were set finds a difference that no server has made.
#
# The status is 1 if it behaves otherwise than the output below.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' > package.json
npm install --ignore-scripts --no-audit --no-fund --loglevel=error \
  leancloud-realtime@4.3.1 ws@8.23.0 protobufjs@8 >&2

cat > try.cjs <<'JS'
const { WebSocketServer } = require('ws');
const protobuf = require('protobufjs');
const { Realtime } = require('leancloud-realtime');

// The few fields of the protocol that are needed here.
const { root } = protobuf.parse(`
  syntax = "proto2";
  message Json { required string data = 1; }
  message Session { optional string st = 10; optional int32 stTtl = 11; }
  message Conv {
    optional string cid = 4; optional string cdate = 5; optional string udate = 12;
    optional Json attr = 103; optional Json attrModified = 104;
  }
  message Command {
    optional int32 cmd = 1; optional int32 op = 2; optional string peerId = 4; optional int32 i = 5;
    optional int64 serverTs = 9; optional Session sessionMessage = 102; optional Conv convMessage = 110;
  }`);
const Command = root.lookupType('Command');
const [SESSION, CONV] = [0, 1];
const [OPEN, OPENED, START, STARTED, UPDATE, UPDATED] = [1, 5, 30, 31, 45, 46];
const date = '2026-01-01T00:00:00.000Z';

const sent = [];
const answerTo = ({ cmd, op, i, peerId, convMessage }) => {
  if (cmd === SESSION && op === OPEN)
    return { cmd, op: OPENED, i, peerId, serverTs: 1, sessionMessage: { st: 'token', stTtl: 3600 } };
  if (cmd === CONV && op === START) return { cmd, op: STARTED, i, peerId, convMessage: { cid: 'a', cdate: date } };
  if (cmd === CONV && op === UPDATE) {
    sent.push(convMessage.attr.data);
    return { cmd, op: UPDATED, i, peerId, convMessage: { cid: 'a', udate: date, attrModified: convMessage.attr } };
  }
  return undefined;
};

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: ([first]) => first });
server.on('connection', (socket) =>
  socket.on('message', (bytes) => {
    const answer = answerTo(Command.decode(bytes));
    if (answer !== undefined) socket.send(Command.encode(answer).finish());
  }),
);

server.on('listening', async () => {
  const realtime = new Realtime({
    appId: 'app',
    appKey: 'key',
    RTMServers: `ws://127.0.0.1:${server.address().port}`,
    server: 'http://127.0.0.1:9',
  });
  const tom = await realtime.createIMClient('Tom');
  const conversation = await tom.createConversation({ members: ['Jerry'] });
  const show = (when) => {
    const [part, all] = ['mood.today', 'mood'].map((key) => JSON.stringify(conversation.get(key)));
    console.log(`${when}: get('mood.today') ${part}, get('mood') ${all}`);
  };
  conversation.set('mood.today', 'good');
  show('set');
  await conversation.save();
  show('saved');
  console.log(`sent: ${sent.join()}`);
  process.exit();
});
JS

seen=$(timeout 60 node try.cjs)
expected="set: get('mood.today') undefined, get('mood') {\"today\":\"good\"}
saved: get('mood.today') undefined, get('mood') {\"today\":\"good\"}
sent: {\"mood.today\":\"good\"}"

echo "$seen"
if [[ $seen != "$expected" ]]; then
  echo 'This has changed.' >&2
  exit 1
fi
