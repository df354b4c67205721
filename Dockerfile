# The server in an image: docker build -t rx-realtime .
FROM node:22-slim AS build
WORKDIR /build
COPY . .
RUN mkdir /packed && npm ci && npm pack --pack-destination /packed

FROM node:22-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /packed/*.tgz /tmp/
RUN npm install --no-save --no-audit --no-fund /tmp/*.tgz rxjs@7 pg@8 @nats-io/transport-node@3 \
  && rm /tmp/*.tgz && npm cache clean --force \
  && mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 6400
# Node is the first process, so it gets the signals.
ENTRYPOINT ["node", "node_modules/rx-realtime/dist/bundled/server/bin.js"]
CMD ["serve", "--host", "0.0.0.0", "--data", "/data/store", "--metrics-port", "9464"]
# The port of the metrics answers even if clients have all connections of the other one.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9464/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
