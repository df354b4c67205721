/**
 * Logins that are under way: their client has no session yet that a kick could end. A kick refuses those that were
 * checked before it, and those that come while it deletes the client's tokens.
 */
export interface Logins {
  /** Notes a login. `kicked` gives what a kick said that has come since; `end` forgets the login. */
  readonly begin: (clientId: string) => { readonly kicked: () => Kicked | undefined; readonly end: () => void };
  /** Refuses the client's logins until the result is called. */
  readonly kick: (clientId: string, kicked: Kicked) => () => void;
}

/** What the client of a kicked session is told. */
export interface Kicked {
  readonly code: number;
  readonly reason: string;
}

interface Login {
  kicked: Kicked | undefined;
}

export const createLogins = (): Logins => {
  const all = new Map<string, Set<Login>>();
  /** Kicks that are under way. */
  const kicks = new Map<string, Set<Kicked>>();
  return {
    begin: (clientId) => {
      const login: Login = { kicked: [...(kicks.get(clientId) ?? [])].at(-1) };
      const others = all.get(clientId) ?? new Set();
      all.set(clientId, others.add(login));
      return {
        kicked: () => login.kicked,
        end: () => {
          others.delete(login);
          if (others.size === 0 && all.get(clientId) === others) all.delete(clientId);
        },
      };
    },
    kick: (clientId, kicked) => {
      for (const login of all.get(clientId) ?? []) login.kicked = kicked;
      const others = kicks.get(clientId) ?? new Set();
      kicks.set(clientId, others.add(kicked));
      return () => {
        others.delete(kicked);
        if (others.size === 0 && kicks.get(clientId) === others) kicks.delete(clientId);
      };
    },
  };
};
