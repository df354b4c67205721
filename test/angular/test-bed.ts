/** Angular's test environment, with zone.js where a test file has loaded it, and without. */
import '@angular/compiler';
import {
  Input,
  provideZoneChangeDetection,
  provideZonelessChangeDetection,
  type EnvironmentProviders,
  type Provider,
} from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { BrowserTestingModule, platformBrowserTesting } from '@angular/platform-browser/testing';
import { afterEach, expect } from 'vitest';
import { MarkSeen } from 'rx-realtime/angular';
import { runMarbles, type MarbleHelpers, type MarbleOptions } from 'rx-realtime/testing';

TestBed.initTestEnvironment(BrowserTestingModule, platformBrowserTesting());

// What Angular's compiler does to signal inputs. In the package it has done so; here it compiles while the tests run.
for (const name of ['rxSeen', 'rxSeenIn']) {
  const declare: PropertyDecorator = Input(Object.assign({ alias: name, required: true }, { isSignal: true }));
  declare(MarkSeen.prototype, name);
}

afterEach(() => {
  TestBed.resetTestingModule();
});

const isZoneLoaded = 'Zone' in globalThis;

/** Providers of an application, with change detection as its kind has it. */
export const configure = (...providers: readonly (Provider | EnvironmentProviders)[]): void => {
  TestBed.resetTestingModule();
  TestBed.configureTestingModule({
    providers: [isZoneLoaded ? provideZoneChangeDetection() : provideZonelessChangeDetection(), ...providers],
  });
};

export interface Play extends MarbleHelpers {
  /** Does something in a frame, from 2 on; then Angular runs effects. What is returned is kept with its frame. */
  readonly at: (frame: number, act: () => unknown) => void;
}

/**
 * Runs a diagram with Angular in it. Gives what was returned at each frame; a frame without a value is left out.
 */
export const play = (
  draw: (helpers: Play) => void,
  options: MarbleOptions = { until: 20_000 },
): readonly (readonly [number, unknown])[] => {
  const seen: (readonly [number, unknown])[] = [];
  runMarbles(
    (actual, expected) => {
      expect(actual).toEqual(expected);
    },
    (helpers) => {
      const at: Play['at'] = (frame, act) => {
        helpers.cold(`${String(frame)}ms a`).subscribe(() => {
          TestBed.tick();
          const value = act();
          TestBed.tick();
          if (value !== undefined) seen.push([frame, value]);
        });
      };
      draw({ ...helpers, at });
      // A login, then what needs one.
      for (const frame of [0, 1]) at(frame, () => undefined);
      helpers.flush();
    },
    options,
  );
  return seen;
};

/** Runs in the injection context of the application. */
export const inApp = <T>(run: () => T): T => TestBed.runInInjectionContext(run);
