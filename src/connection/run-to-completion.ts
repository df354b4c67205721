/**
 * Handles inputs one after the other: one that comes while another is being handled, from an observer who hears of it, waits until that one has reached everybody.
 * Without it, an observer that reacts to a state would make later observers see the states in the wrong order.
 */
export const runToCompletion = <I>(handle: (input: I) => void): ((input: I) => void) => {
  const queue: I[] = [];
  let running = false;
  return (input) => {
    if (running) {
      queue.push(input);
      return;
    }
    running = true;
    try {
      handle(input);
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) handle(next);
    } finally {
      running = false;
    }
  };
};
