/**
 * Which call meets which misbehaviour. Rules of different kinds add up: a slow answer may also be cut short. Of
 * several rules of the same kind only the oldest fires, so that `times: 1` rules follow each other call by
 * call. The kinds that put another answer in place of the real one count as one kind.
 */
import type { Answer } from "./answer.ts";
import type { IncomingCall } from "./incoming-call.ts";
import type { AnswerNature, MisbehaviourKind, MisbehaviourRule, RuleOf } from "./misbehaviour.ts";

export interface RuleBook {
  add(rule: MisbehaviourRule): void;
  clear(): void;
  /** The rule that fires on this call among those of the given kinds, counted as fired; null: none. */
  fire<K extends MisbehaviourKind>(kinds: readonly K[], call: IncomingCall): RuleOf<K> | null;
  /** The same, among rules for answers like this one. `of`: what a rule that doesn't say is for. */
  fireOn<K extends MisbehaviourKind>(
    kind: K,
    call: IncomingCall,
    answer: Answer,
    of: AnswerNature,
  ): RuleOf<K> | null;
}

interface LiveRule {
  readonly rule: MisbehaviourRule;
  matchCount: number;
  firedCount: number;
}

export function createRuleBook(): RuleBook {
  let rules: LiveRule[] = [];

  /** The oldest rule that the caller wants, that concerns the call and is due. */
  function fireFirst(
    wants: (rule: MisbehaviourRule) => boolean,
    call: IncomingCall,
  ): MisbehaviourRule | null {
    for (const live of rules) {
      if (!wants(live.rule) || !concerns(live.rule, call) || !isDue(live)) continue;
      live.firedCount++;
      return live.rule;
    }
    return null;
  }

  return {
    add(rule) {
      rules.push({ rule: { ...rule }, matchCount: 0, firedCount: 0 });
    },
    clear() {
      rules = [];
    },
    fire<K extends MisbehaviourKind>(kinds: readonly K[], call: IncomingCall) {
      return fireFirst((rule) => kinds.some((kind) => kind === rule.kind), call) as RuleOf<K> | null;
    },
    fireOn<K extends MisbehaviourKind>(kind: K, call: IncomingCall, answer: Answer, of: AnswerNature) {
      const wants = (rule: MisbehaviourRule) =>
        rule.kind === kind && ["any", answer.nature].includes(rule.of ?? of);
      return fireFirst(wants, call) as RuleOf<K> | null;
    },
  };
}

function concerns(rule: MisbehaviourRule, call: IncomingCall): boolean {
  return (
    (rule.mediaId === undefined || rule.mediaId === call.mediaId) &&
    (rule.path === undefined || rule.path === call.path) &&
    (rule.appId === undefined || rule.appId === call.appId) &&
    (rule.kind !== "token-refused" || call.accessToken !== null)
  );
}

/** Counts the match, and tells whether it is one that fires. */
function isDue(live: LiveRule): boolean {
  const { times = Number.POSITIVE_INFINITY, skip = 0, every = 1 } = live.rule;
  if (live.firedCount >= times) return false;
  live.matchCount++;
  return live.matchCount > skip && (live.matchCount - skip) % every === 0;
}
