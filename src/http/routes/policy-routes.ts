/** `POST /api/policy/explain`: what the rules make of a tool call. Changes, asks and logs nothing of it. */
import { isRecord, type JsonObject } from '../../core/json.ts';
import { httpErrors } from '../errors.ts';
import type { PolicyExplanation, PolicyQuestion } from '../policy-port.ts';
import { defineRoute, type MountableRoute } from '../route.ts';
import {
  type PolicyExplanationBody,
  type PolicyQuestionBody,
  policyExplanationSchema,
  policyQuestionSchema,
} from '../schemas/policy.ts';
import type { HttpServices } from '../services.ts';

export function policyRoutes({ policy }: HttpServices): readonly MountableRoute[] {
  const route = defineRoute(
    {
      method: 'post',
      paths: ['/api/policy/explain'],
      summary: 'What the rules make of a tool call, step by step, and how to change each',
      tag: 'policy',
      access: { kind: 'scope', scope: 'operator.read' },
      body: policyQuestionSchema,
      response: policyExplanationSchema,
    },
    async ({ body }) => toPolicyBody(await policy.explain(toPolicyQuestion(body))),
  );
  return [route];
}

/** Raises `MC_HTTP_INVALID_REQUEST` for two names of a chat and for an input that is no object. */
export function toPolicyQuestion(body: PolicyQuestionBody): PolicyQuestion {
  const { tool, principal, tainted } = body;
  return { tool, sessionKey: sessionKeyOfBody(body), principal, input: inputOf(body.input), tainted };
}

function sessionKeyOfBody(body: {
  readonly session_key?: string | undefined;
  readonly chat_id?: number | undefined;
}) {
  if (body.chat_id === undefined) return body.session_key;
  if (body.session_key === undefined) return `chat:${body.chat_id}`;
  throw httpErrors.create('INVALID_REQUEST', 'send session_key or chat_id, not both');
}

function inputOf(input: unknown): JsonObject | undefined {
  if (input === undefined) return undefined;
  if (isRecord(input)) return input as JsonObject; // the body was parsed from JSON
  throw httpErrors.create('INVALID_REQUEST', 'input: must be an object');
}

/** An explanation as clients see it. */
export function toPolicyBody(explanation: PolicyExplanation): PolicyExplanationBody {
  const { tool, sessionKey, principal, decision, steps, notes } = explanation;
  return {
    ok: true,
    tool,
    session_key: sessionKey,
    principal,
    decision,
    steps: steps.map(({ howToChange, ...step }) => ({ ...step, how_to_change: howToChange })),
    notes: [...notes],
  };
}
