import { expect, it } from 'vitest';
import { anthropicBaseUrl } from './anthropic-client.ts';

it.each([
  ['https://api.anthropic.com', 'https://api.anthropic.com'],
  ['https://api.anthropic.com/', 'https://api.anthropic.com'],
  ['https://api.anthropic.com/v1', 'https://api.anthropic.com'],
  ['https://proxy.example/llm/v1/messages', 'https://proxy.example/llm'],
  ['http://localhost:8080/anthropic/', 'http://localhost:8080/anthropic'],
])('%s means the endpoint below %s', (configured, expected) => {
  expect(anthropicBaseUrl(configured)).toBe(expected);
});
