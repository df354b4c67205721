/** One entry as a browser gets it: minified, everything it exports, brotli. */
const entry = (name, file, limit, { withPeers = false } = {}) => ({
  name: withPeers ? `${name} with its peers` : name,
  path: `dist/${file}`,
  import: '*',
  limit,
  modifyEsbuildConfig: (config) => ({
    ...config,
    platform: 'browser',
    format: 'esm',
    // size-limit leaves the peers out by itself; what is loaded when a file is sent is a part of its own in any bundle.
    external: [...(withPeers ? [] : config.external), 'image-size', 'music-metadata'],
  }),
});

export default [
  entry('rx-realtime', 'src/index.js', '61 kB'),
  entry('rx-realtime', 'src/index.js', '77 kB', { withPeers: true }),
  entry('rx-realtime/streams', 'streams/index.js', '10 kB'),
  entry('rx-realtime/streams', 'streams/index.js', '17 kB', { withPeers: true }),
  entry('rx-realtime/codecs', 'codecs/index.js', '28 kB'),
  entry('rx-realtime/codecs', 'codecs/index.js', '38 kB', { withPeers: true }),
  // What every entry pays for the wire format: the generated code and the runtime of protobufjs.
  entry('generated code', 'codecs/proto/rtm.js', '20 kB'),
];
