/** Angular's test environment, with zone.js where a test file has loaded it, and without. */
import '@angular/compiler';
import {
  provideZoneChangeDetection,
  provideZonelessChangeDetection,
  type EnvironmentProviders,
  type Provider,
} from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { BrowserTestingModule, platformBrowserTesting } from '@angular/platform-browser/testing';
import { expect } from 'vitest';
import { runMarbles, type MarbleHelpers, type MarbleOptions } from 'rx-realtime/testing';

TestBed.initTestEnvironment(BrowserTestingModule, platformBrowserTesting());

export const isZoneLoaded = 'Zone' in globalThis;

export const configure = (...providers: readonly (Provider | EnvironmentProviders)[]): void => {
  TestBed.resetTestingModule();
  TestBed.configureTestingModule({
    providers: [isZoneLoaded ? provideZoneChangeDetection() : provideZonelessChangeDetection(), ...providers],
  });
};

/** A diagram with Angular in it: effects run when `tick` is called, and at each letter of `ticks`. */
export const diagram = (draw: (helpers: MarbleHelpers) => void, options: MarbleOptions = {}): void => {
  runMarbles(
    (actual, expected) => {
      expect(actual).toEqual(expected);
    },
    draw,
    options,
  );
};
