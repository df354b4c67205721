/** Text for people about a socket that never opened. Browsers don't say why; Node says too little. */
const hints: readonly (readonly [RegExp, string])[] = [
  [/response: 30[12378]/, 'it redirects, which sockets do not follow: is a slash missing at the end, or wss:'],
  [/response: (?:400|404|426)/, 'is the path right, and does a proxy pass on Upgrade and Sec-WebSocket-Protocol'],
  [/response: 429/, 'too many connections come from this address'],
  [/::1|localhost/, 'does the server listen on IPv4 alone: then use 127.0.0.1'],
  [/certificate|SSL|TLS|EPROTO/, 'does the server have TLS and a valid certificate'],
];

/** `said` is what the platform says; empty in browsers. */
export const neverOpened = (url: string, said: string): string => {
  const hint = hints.find(([pattern]) => pattern.test(`${said} ${url}`))?.[1];
  if (said !== '') return `${url}: ${said}${hint === undefined ? '' : ` (${hint}?)`}`;
  const tls = url.startsWith('wss') ? ', its certificate' : '';
  return `${url} could not be opened; check that the server runs, the address with the slash at its end${tls}, and proxies${hint === undefined ? '' : `; ${hint}?`}`;
};
