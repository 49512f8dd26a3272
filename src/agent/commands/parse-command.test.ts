import { describe, expect, it } from 'vitest';
import { parseCommand } from './parse-command.ts';

describe('parseCommand', () => {
  it.each([
    ['/help', 'help', ''],
    ['  /HELP  ', 'help', ''],
    ['/model here gpt', 'model', 'here gpt'],
    ['/model@my_bot reset', 'model', 'reset'],
    ['@bot <@123> /stop', 'stop', ''],
    ['/?', '?', ''],
    ['/reset\nmemory', 'reset', 'memory'],
  ])('reads %j', (text, name, args) => {
    expect(parseCommand(text)).toEqual({ name, args });
  });

  it.each(['/etc/hosts is broken', 'see /help', 'hello', '/', '//x', '/1', ''])(
    'leaves %j to the model',
    (text) => {
      expect(parseCommand(text)).toBeUndefined();
    },
  );
});
