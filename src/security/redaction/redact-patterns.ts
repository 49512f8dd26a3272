/**
 * Credentials recognised by their form, for logs and evidence records. Order matters: a vendor's own prefix is tried
 * before the generic one it contains (`sk-ant-` before `sk-`), so that the label names the vendor.
 */

interface CredentialPattern {
  readonly pattern: RegExp;
  readonly replacement: string;
}

// Each pattern is linear: character classes do not overlap what follows them.
const PATTERNS: readonly CredentialPattern[] = [
  {
    pattern: /-----BEGIN ([A-Z ]*PRIVATE KEY)-----[^-]*(?:-----END \1-----)?/g,
    replacement: '[REDACTED:PRIVATE_KEY]',
  },
  { pattern: /\bsk-ant-[A-Za-z0-9_-]{8,}/g, replacement: '[REDACTED:ANTHROPIC_KEY]' },
  { pattern: /\bsk-(?:proj-|live-|test-)?[A-Za-z0-9_-]{16,}/g, replacement: '[REDACTED:API_KEY]' },
  { pattern: /\bgh[pousr]_[A-Za-z0-9]{20,}/g, replacement: '[REDACTED:GITHUB_TOKEN]' },
  { pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, replacement: '[REDACTED:AWS_KEY]' },
  { pattern: /\bxox[baprs]-[A-Za-z0-9-]{10,}/g, replacement: '[REDACTED:SLACK_TOKEN]' },
  { pattern: /\bAIza[A-Za-z0-9_-]{35}/g, replacement: '[REDACTED:GOOGLE_KEY]' },
  { pattern: /\bBearer\s+[A-Za-z0-9._~+/=-]{16,}/gi, replacement: 'Bearer [REDACTED:TOKEN]' },
  {
    pattern: /\b(api[_-]?key)(["']?\s*[:=]\s*["']?)[A-Za-z0-9_\-.]{24,}/gi,
    replacement: '$1$2[REDACTED:API_KEY]',
  },
];

/** The text with every recognised credential replaced by a label. */
export function redactPatterns(text: string): string {
  return PATTERNS.reduce((current, { pattern, replacement }) => current.replace(pattern, replacement), text);
}
