/** The small chat as users of `leancloud-realtime` write it. */
import { Event, Realtime, TextMessage } from 'leancloud-realtime';

const realtime = new Realtime({ appId: 'app', appKey: 'key', server: 'wss://chat.example.com' });
const tom = await realtime.createIMClient('Tom');
tom.on(Event.MESSAGE, console.log);
const conversation = await tom.getConversation('mice');
await conversation.send(new TextMessage('Wake up, mouse!'));
