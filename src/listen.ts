/** Listens to a DOM event; returns how to stop. */
export const listen = (target: EventTarget, type: string, hear: () => void): (() => void) => {
  target.addEventListener(type, hear);
  return () => {
    target.removeEventListener(type, hear);
  };
};
