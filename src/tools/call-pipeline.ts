/**
 * The steps of one call, in their order (DESIGN §6): parse, strip reserved keys and authorize, plan mode, policy,
 * egress, hooks, approval, run under a deadline, redact, spill, hooks, audit. The first refusal answers the call.
 *
 * Invariants: `observer.started` has settled before the tool begins, `observer.finished` before the promise does;
 * a tool, hook, audit or artifact failure never rejects, an observer's failure always does.
 */
import type { JsonObject } from '../core/json.ts';
import { outcomeOf, ranResult, refusedResult } from './call-result.ts';
import type { ExecutorParts } from './executor-options.ts';
import type { ToolObserver } from './executor-port.ts';
import { type CheckedCall, type Refusal, refuse, type ToolMeasurements } from './ports.ts';
import { toCheckedCall, toOneLine } from './steps/checked-call.ts';
import { parseCall } from './steps/parse-call.ts';
import { prepareInput } from './steps/prepare-input.ts';
import { createProgressSink } from './steps/progress-sink.ts';
import { redactJson } from './steps/redact-json.ts';
import { runWithDeadline } from './steps/run-with-deadline.ts';
import { needsSpill, spillContent } from './steps/spill-outcome.ts';
import { Stopwatch } from './steps/stopwatch.ts';
import type { Tool, ToolOutcome } from './tool.ts';
import type { ToolCall, ToolCallResult, ToolCallScope } from './tool-call.ts';
import type { WaitingRoom } from './waiting-room.ts';

/** A call that passed every check. */
interface ReadyCall {
  readonly kind: 'ready';
  readonly tool: Tool;
  readonly checked: CheckedCall;
  readonly timeoutSecs: number;
}

/** Answers one call and tells the observer. Rejects only with a failure of the observer. */
export async function runCall(
  parts: ExecutorParts,
  call: ToolCall,
  scope: ToolCallScope,
  observer: ToolObserver,
): Promise<ToolCallResult> {
  const stopwatch = new Stopwatch(parts.clock);
  const elapsed = () => stopwatch.elapsedMs();
  const ready = await checkCall(parts, call, scope, {
    room: observer.room,
    unmeasured: (wait) => stopwatch.without(wait),
  });
  const result =
    ready.kind === 'refused'
      ? refusedResult(identity(parts, call), redactRefusal(parts, ready), elapsed())
      : await runReadyCall(parts, ready, observer, elapsed);
  try {
    await parts.ports.audit.record(result, scope);
  } catch (error) {
    parts.log.warn({ tool: result.name, err: error }, 'tool audit failed');
  }
  await observer.finished(result);
  return result;
}

function identity(parts: ExecutorParts, call: ToolCall): { toolUseId: string; name: string } {
  return { toolUseId: call.toolUseId, name: parts.registry.find(call.name)?.name ?? call.name };
}

function redactRefusal(parts: ExecutorParts, refusal: Refusal): Refusal {
  return { ...refusal, message: parts.redactor.redact(refusal.message) };
}

/** How a call may wait for a person; that time is not the call's. */
interface Waiting {
  readonly room: WaitingRoom | undefined;
  unmeasured<Answer>(wait: () => Promise<Answer>): Promise<Answer>;
}

/** Everything between the model's call and the start of the tool. */
async function checkCall(
  parts: ExecutorParts,
  call: ToolCall,
  scope: ToolCallScope,
  waiting: Waiting,
): Promise<ReadyCall | Refusal> {
  const parsed = parseCall(call, parts.registry);
  if (parsed.kind === 'refused') return parsed;
  const { tool } = parsed;
  const prepared = prepareInput(tool, call.input, scope, parts.limits);
  if (prepared.kind === 'refused') return prepared;
  const checked = toCheckedCall(parts, { tool, toolUseId: call.toolUseId }, prepared.input, scope);
  const blocked = await checkPolicies(parts, checked);
  if (blocked !== undefined) return blocked;
  const hooked = await runBeforeHooks(parts, checked);
  if (hooked.kind === 'refused') return hooked;
  const isPatched = hooked.input !== checked.input;
  const final = isPatched ? prepareInput(tool, hooked.input, scope, parts.limits) : prepared;
  if (final.kind === 'refused') return final;
  const ready = isPatched
    ? toCheckedCall(parts, { tool, toolUseId: call.toolUseId }, final.input, scope)
    : checked;
  // What a hook has put in is judged as what the model had written.
  const blockedPatch = isPatched ? await checkPolicies(parts, ready) : undefined;
  if (blockedPatch !== undefined) return blockedPatch;
  const refused = await approveCall(parts, ready, waiting);
  if (refused !== undefined) return refused;
  if (scope.signal.aborted)
    return refuse('aborted', `Tool '${tool.name}' was not run: the turn was stopped.`);
  return { kind: 'ready', tool, checked: ready, timeoutSecs: final.timeoutSecs };
}

/** Asks for approval. Whoever answers may take hours, so the policies of that moment have to allow the call again. */
async function approveCall(
  parts: ExecutorParts,
  call: CheckedCall,
  { room, unmeasured }: Waiting,
): Promise<Refusal | undefined> {
  let hasAsked = false;
  const watched: WaitingRoom | undefined = room && {
    asked(question) {
      hasAsked = true;
      room.asked(question);
    },
    askedAgain: (question, why) => room.askedAgain(question, why),
    resolved: (resolution) => room.resolved(resolution),
    during: (wait) => room.during(wait),
  };
  const approval = await failClosed(parts, call, 'approval', () =>
    unmeasured(() => parts.ports.approval.request(call, watched)),
  );
  if (approval.kind === 'refused') return approval;
  return hasAsked ? await checkPolicies(parts, call) : undefined;
}

async function checkPolicies(parts: ExecutorParts, call: CheckedCall): Promise<Refusal | undefined> {
  const mode = await failClosed(parts, call, 'plan mode', async () => parts.ports.planMode.check(call));
  if (mode.kind === 'refused') return mode;
  const policy = await failClosed(parts, call, 'tool policy', () => parts.ports.policy.check(call));
  if (policy.kind === 'refused') return policy;
  const egress = await failClosed(parts, call, 'egress policy', () => parts.ports.egress.check(call));
  return egress.kind === 'refused' ? egress : undefined;
}

/** A check that cannot answer refuses. */
async function failClosed<Answer>(
  parts: ExecutorParts,
  call: CheckedCall,
  step: string,
  check: () => Promise<Answer | Refusal>,
): Promise<Answer | Refusal> {
  try {
    return await check();
  } catch (error) {
    parts.log.warn({ tool: call.name, step, err: error }, 'tool check failed');
    return refuse('tool_error', `The ${step} check could not be made, so the call was not run.`);
  }
}

async function runBeforeHooks(
  parts: ExecutorParts,
  call: CheckedCall,
): Promise<{ readonly kind: 'proceed'; readonly input: JsonObject } | Refusal> {
  try {
    return await parts.ports.hooks.before(call);
  } catch (error) {
    parts.log.warn({ tool: call.name, err: error }, 'BeforeToolCall hooks failed');
    return { kind: 'proceed', input: call.input };
  }
}

async function runReadyCall(
  parts: ExecutorParts,
  ready: ReadyCall,
  observer: ToolObserver,
  elapsed: () => number,
): Promise<ToolCallResult> {
  const { checked, timeoutSecs } = ready;
  await observer.started({
    toolUseId: checked.toolUseId,
    name: checked.name,
    input: redactJson(checked.input, parts.redactor),
    summary: checked.summary,
    risk: checked.risk,
    concurrency: checked.concurrency,
    timeoutSecs,
  });
  const raw = await runTool(parts, ready, observer);
  const safe = redactOutcome(parts, raw);
  const bytes = Buffer.byteLength(safe.content);
  const spilled = await spill(parts, ready, safe);
  const measured = { bytes, durationMs: elapsed() };
  const final = await runAfterHooks(parts, checked, { ...safe, content: spilled.content }, measured);
  const { toolUseId, name } = checked;
  return ranResult({ toolUseId, name }, final, {
    bytes,
    durationMs: elapsed(),
    artifactId: spilled.artifactId,
    untrustedSource: untrustedSource(parts, ready, raw),
  });
}

/** Named from the call and from what the tool said, never from what a hook made of it. */
function untrustedSource(parts: ExecutorParts, ready: ReadyCall, raw: ToolOutcome): string | undefined {
  if (raw.untrustedSource !== undefined) return toOneLine(parts.redactor.redact(raw.untrustedSource));
  const { tool, checked } = ready;
  return tool.readsUntrusted === true ? `${checked.summary} (${tool.name})` : undefined;
}

async function runTool(parts: ExecutorParts, ready: ReadyCall, observer: ToolObserver): Promise<ToolOutcome> {
  const { tool, checked, timeoutSecs } = ready;
  const { scope, toolUseId } = checked;
  const sink = createProgressSink(parts.redactor, parts.limits.maxProgressChars, (chunk) =>
    observer.progress(toolUseId, chunk),
  );
  const end = await runWithDeadline({
    toolName: tool.name,
    timeoutSecs,
    graceMs: parts.limits.abortGraceMs,
    signal: scope.signal,
    clock: parts.clock,
    start: async (signal) =>
      tool.run(checked.input, {
        runId: scope.runId,
        toolUseId,
        chat: scope.chat,
        actor: scope.actor,
        principal: scope.principal,
        isControlChat: scope.isControlChat,
        workspace: await parts.workspaceFor(scope.chat),
        timeoutMs: timeoutSecs * 1000,
        signal,
        progress: (chunk) => sink.write(chunk),
      }),
    onLateEnd: () => parts.log.warn({ tool: tool.name, toolUseId }, 'tool ended after it was given up on'),
  });
  sink.end();
  return outcomeOf(end, tool.name, timeoutSecs);
}

function redactOutcome(parts: ExecutorParts, outcome: ToolOutcome): ToolOutcome {
  const content = parts.redactor.redact(outcome.content);
  if (outcome.metadata === undefined) return { ...outcome, content };
  return { ...outcome, content, metadata: redactJson(outcome.metadata, parts.redactor) };
}

async function spill(
  parts: ExecutorParts,
  ready: ReadyCall,
  outcome: ToolOutcome,
): Promise<{ readonly content: string; readonly artifactId: string | undefined }> {
  const { tool, checked } = ready;
  const { content } = outcome;
  if (tool.neverSpill === true || !needsSpill(content, parts.limits)) {
    return { content, artifactId: undefined };
  }
  try {
    return await spillContent(content, tool.name, checked.scope.chat.chatId, parts.artifacts, parts.limits);
  } catch (error) {
    parts.log.warn({ tool: tool.name, err: error }, 'tool result could not be spilled');
    return { content, artifactId: undefined };
  }
}

/** A hook's text is redacted again: a hook may have added what it was not meant to. */
async function runAfterHooks(
  parts: ExecutorParts,
  call: CheckedCall,
  outcome: ToolOutcome,
  measured: ToolMeasurements,
): Promise<ToolOutcome> {
  try {
    const patched = await parts.ports.hooks.after(call, outcome, measured);
    return patched === outcome ? outcome : redactOutcome(parts, patched);
  } catch (error) {
    parts.log.warn({ tool: call.name, err: error }, 'AfterToolCall hooks failed');
    return outcome;
  }
}
