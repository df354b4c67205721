/** Addresses of databases. */

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

/** The address without its password and its options; undefined if it is none. */
export const placeOf = (url: string): string | undefined => {
  if (!URL.canParse(url)) return undefined;
  const { protocol, host, pathname, username, password } = new URL(url);
  // Such as a `%` in a password that stands for itself: the driver could not read it.
  const isReadable = [username, password, pathname].every((part) => decoded(part) !== undefined);
  return isReadable && /^postgres(?:ql)?:$/.test(protocol) ? `${host}${pathname}` : undefined;
};

/** The password of an address, as it is written there, and as it is meant. None: an empty list. */
export const passwordsIn = (url: string): readonly string[] => {
  const { password, searchParams } = new URL(url);
  const given = [password, decoded(password) ?? '', searchParams.get('password') ?? ''];
  return [...new Set(given)].filter((text) => text !== '');
};

/** The address with a password, if it has none. */
export const withPassword = (url: string, password: string): string => {
  const address = new URL(url);
  if (passwordsIn(url).length === 0) address.password = encodeURIComponent(password);
  return address.href;
};
