import { afterEach, expect, it, vi } from 'vitest';
import { chooseLocale, locale, preferredLocale, savedLocale, systemLocale } from '.';
import { localeName, SAVED_LOCALE } from './locale';

afterEach(() => {
  localStorage.clear();
  vi.restoreAllMocks();
});

it('a choice is kept, and given back to the system', async () => {
  await chooseLocale('en');
  expect(savedLocale()).toBe('en');
  expect(preferredLocale(['de'])).toBe('en');
  expect(document.documentElement.lang).toBe('en');
  await chooseLocale(undefined);
  expect(savedLocale()).toBeUndefined();
  expect(locale).toBe(systemLocale());
});

it('what is no language any more is not taken from storage', () => {
  localStorage.setItem(SAVED_LOCALE, 'tlh');
  expect(savedLocale()).toBeUndefined();
});

it('languages are named in their own words', () => {
  expect(localeName('de')).toBe('Deutsch');
  expect(localeName('zh')).toBe('中文');
  expect(localeName('fr')).toBe('Français');
});
