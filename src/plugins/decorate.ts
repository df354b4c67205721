import type { Fault } from '../faults.js';
import { toRealtimeError } from '../errors.js';
import type { Decorator, Plugin } from './plugin.js';

/**
 * Adds to a value what the plugins return for it, in their order. Each plugin sees what the plugins before it have
 * added.
 */
export const decorate = <T extends object>(
  value: T,
  plugins: readonly Plugin[],
  decorator: (plugin: Plugin) => ((value: T) => object) | undefined,
  hook: Decorator,
  report: (fault: Fault) => void,
): T =>
  plugins.reduce((current, plugin) => {
    try {
      return { ...current, ...decorator(plugin)?.(current) };
    } catch (thrown) {
      report({ _tag: 'Plugin', plugin: plugin.name, hook, error: toRealtimeError(thrown) });
      return current;
    }
  }, value);
