/** Listens to a DOM event. Returns a function that stops listening. */
export const listen = (target: EventTarget, type: string, hear: (event: Event) => void): (() => void) => {
  target.addEventListener(type, hear);
  return () => {
    target.removeEventListener(type, hear);
  };
};
