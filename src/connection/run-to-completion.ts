/**
 * Handles inputs one after the other. An input that arrives while another one is handled waits until that one has
 * reached all observers. Otherwise an observer that reacts to a state would let later observers see the states in the
 * wrong order.
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
