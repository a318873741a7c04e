import { describe, expect, test } from 'vitest';
import { readSettings } from './settings.ts';

describe('settings', () => {
  test('none are needed', () => {
    expect(readSettings({})).toMatchObject({ port: 7777, dataDirectory: '/data', saveSeconds: 5 });
  });

  test('an empty one counts as unset', () => {
    expect(readSettings({ PORT: '', RCON_PASSWORD: '' })).toMatchObject({
      port: 7777,
      rconPassword: undefined,
    });
  });

  test.each([
    ['PORT', 'seventy'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['MAX_PLAYERS', '0'],
    ['SAVE_SECONDS', '0'],
    ['START_SECONDS', 'soon'],
    ['STOP_SECONDS', '1e9'],
    ['CRASH_ON_START', '0'],
    ['CRASH_ON_START', '256'],
    ['HANG_ON_STOP', 'maybe'],
    ['LOBBY_NAME', 'two\nlines'],
    ['MOTD', 'x'.repeat(201)],
  ])('%s=%j is refused with a line that names it', (name, value) => {
    expect(() => readSettings({ [name]: value })).toThrow(`bad setting ${name}: must be`);
  });

  test('one port cannot serve both players and RCON', () => {
    const same = { PORT: '7777', RCON_PORT: '7777' };
    expect(() => readSettings({ ...same, RCON_PASSWORD: 'x' })).toThrow('RCON_PORT');
    expect(() => readSettings(same)).not.toThrow();
  });

  test('a refused password is not shown', () => {
    const hush = () => readSettings({ RCON_PASSWORD: 'hush\thush' });
    expect(hush).toThrow('bad setting RCON_PASSWORD');
    expect(hush).not.toThrow('hush');
  });
});
