/** React Native: the code of docs/react-native.md, bundled by Metro, and rendered in Jest by React Native's preset. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CheckFailed } from '../../../scripts/checks/tool.js';
import { shownFiles } from '../shown.js';
import { bin, kilobytes, write, type Tool } from './tool.js';

const INDEX = `
import { AppRegistry } from 'react-native';
import { Chat } from './src/Chat';
import { realtime } from './src/realtime';
AppRegistry.registerComponent('app', () => () => [Chat, realtime]);
`;

const METRO = `
const Metro = require('metro');
const { getDefaultConfig } = require('@react-native/metro-config');

const build = async () => {
  const config = Metro.mergeConfig(getDefaultConfig(__dirname), {
    projectRoot: __dirname,
    maxWorkers: 1,
    cacheStores: [],
    reporter: { update() {} },
  });
  for (const platform of ['ios', 'android'])
    await Metro.runBuild(config, { entry: 'index.js', platform, dev: false, minify: false, out: platform });
};
build();
`;

const SETUP = `
global.WebSocket = require('ws');
jest.mock('@react-native-async-storage/async-storage', () => require('@react-native-async-storage/async-storage/jest'));
jest.mock('@react-native-community/netinfo', () => require('@react-native-community/netinfo/jest/netinfo-mock.js'));
`;

const JEST = `
module.exports = {
  preset: '@react-native/jest-preset',
  setupFiles: ['./setup.js'],
  transformIgnorePatterns: [
    '/node_modules/(?!((jest-)?react-native|@react-native(-community|-async-storage)?|rx-realtime)/)',
  ],
};
`;

const TEST = `
import NetInfo from '@react-native-community/netinfo';
import { createAsyncStorage } from '@react-native-async-storage/async-storage';
import { act, create } from 'react-test-renderer';
import { Button, Text, TextInput } from 'react-native';
import { createRealtime, text } from 'rx-realtime';
import { firstValueFrom } from 'rxjs';

const listeners = new Set();
NetInfo.addEventListener.mockImplementation((listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
});
const network = (isConnected) => {
  for (const listener of listeners) listener({ isConnected });
};
const { realtime } = require('./src/realtime');
const { Chat } = require('./src/Chat');

test('a view sends, receives, and keeps what is written without a network', async () => {
  const others = createRealtime({ appId: 'demo', server: 'SERVER' });
  const jerry = await firstValueFrom(others.login('Jerry'));
  const heard = [];
  jerry.messages$.subscribe(({ body }) => heard.push(body.text));
  const tom = await firstValueFrom(realtime.login('Tom'));
  const conversation = await firstValueFrom(tom.createConversation({ members: ['Jerry'] }));
  let view;
  await act(async () => {
    view = create(<Chat conversation={conversation} />);
  });
  const lines = () => view.root.findAllByType(Text).map(({ props }) => props.children);
  const until = async (isTrue) => {
    for (let tries = 0; tries < 400 && !isTrue(); tries += 1)
      await act(() => new Promise((resolve) => setTimeout(resolve, 25)));
    expect(isTrue()).toBe(true);
  };
  const say = async (words) => {
    await act(async () => view.root.findByType(TextInput).props.onChangeText(words));
    await act(async () => view.root.findByType(Button).props.onPress());
  };
  const kept = () => createAsyncStorage('outbox').getAllKeys();

  await say('hello');
  await until(() => heard.includes('hello') && lines().includes('Tom: hello'));
  await firstValueFrom(jerry.conversation(conversation.id).send(text('hi')));
  await until(() => lines().includes('Jerry: hi'));

  await act(async () => network(false));
  await say('in a tunnel');
  await until(() => lines().includes('sending…'));
  expect(await kept()).toHaveLength(1);
  await act(async () => network(true));
  await until(() => heard.includes('in a tunnel') && lines().includes('Tom: in a tunnel'));
  await until(() => !lines().includes('sending…'));
  expect(await kept()).toHaveLength(0);

  await act(async () => view.unmount());
  realtime.close();
  others.close();
}, 120_000);
`;

export const reactNative: Tool = {
  name: 'react-native',
  packages: [
    ...['react-native@0.86.3', 'react@19.2.3', 'react-test-renderer@19.2.3', 'ws@8.23.0'],
    ...['@react-native-async-storage/async-storage@3.1.1', '@react-native-community/netinfo@12.0.1'],
    ...['metro@0.84.6', '@react-native/metro-config@0.86.3', '@react-native/babel-preset@0.86.3'],
    ...['@babel/core@7.29.0', '@react-native/jest-preset@0.86.3', 'jest@29.7.0', 'babel-jest@29.7.0'],
    // The packages name wider ranges of each other than npm wants to believe.
    '--legacy-peer-deps',
  ],
  run: async (trial) => {
    const shown = [...shownFiles('docs/react-native.md')].map(([name, code]) => [
      name,
      code.replace('wss://chat.example.com', trial.server),
    ]);
    if (shown.length < 2) throw new CheckFailed('docs/react-native.md shows no files');
    write(trial.directory, {
      ...(Object.fromEntries(shown) as Readonly<Record<string, string>>),
      'index.js': INDEX,
      'build.cjs': METRO,
      'babel.config.js': "module.exports = { presets: ['module:@react-native/babel-preset'] };",
      'jest.config.js': JEST,
      'setup.js': SETUP,
      'chat.test.js': TEST.replace('SERVER', trial.server),
    });
    await bin(trial, '../build.cjs');
    const sizes = ['ios', 'android'].map((name) =>
      kilobytes(readFileSync(join(trial.directory, `${name}.js`), 'utf8')),
    );
    await bin(trial, 'jest/bin/jest.js', '--runInBand', '--ci', '--silent');
    return `${sizes.join(' and ')} with React Native itself; a view in Jest`;
  },
};
