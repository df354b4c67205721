import type { Fault } from '../faults.js';
import { toRealtimeError } from '../errors.js';
import type { Decorator, Plugin } from './plugin.js';

/** A value with what the plugins add to it, one after the other, each seeing what those before it have added. */
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
