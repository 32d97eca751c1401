import type { RetentionRules } from '#contracts/rules/retention-rules.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import { ensure, isGiven } from '../deciding.js';

/** The rules published at the first start (docs/retention.md). */
export const defaultRetentionRules: RetentionRules = {
  rhythmPurchases: 3,
  usualRhythmDays: 90,
  shortestRhythmDays: 14,
  inactiveAfterRhythms: 2,
  inactivityWeight: 0.4,
  openComplaintWeight: 0.3,
  poorSatisfactionWeight: 0.3,
  brokenPromiseWeight: 0.2,
  poorSatisfactionShare: 0.4,
  mediumFrom: 0.3,
  highFrom: 0.6,
  presentDays: 365,
};

/** Version 1, as published at the first start. */
export const defaultRetentionRulesPublished: RulesPublished<'retention'> = {
  name: 'retention',
  version: 1,
  document: defaultRetentionRules,
  validFrom: '1900-01-01',
};

/** No fact that was older when it was recorded says anything about the present, whatever the rules are. */
export const LONGEST_PRESENT_DAYS = 1_095;
const MOST = {
  rhythmPurchases: 1_000,
  usualRhythmDays: 3_660,
  shortestRhythmDays: 3_660,
  presentDays: LONGEST_PRESENT_DAYS,
};

/**
 * The version valid on a day: the last whose day of validity has come; the first version also judges the days before.
 * @throws RuleViolation when none has been published.
 */
export function retentionRulesOn(
  versions: readonly RulesPublished<'retention'>[],
  day: string,
): RulesPublished<'retention'> {
  const version = versions.findLast(({ validFrom }) => validFrom <= day) ?? versions[0];
  ensure(
    version !== undefined,
    'not-found',
    'retention-rules-published',
    'No retention rules have been published: publish version 1.',
  );
  return version;
}

/** @throws RuleViolation naming the field, unless the document can judge any customer. */
export function ensureSoundRetentionRules(document: RetentionRules): void {
  const { inactiveAfterRhythms, churnedAfterRhythms, mediumFrom, highFrom } = document;
  ensure(
    mediumFrom > 0,
    'invalid',
    'rules-low-risk-possible',
    'Without any factor the score is 0, which is a low risk: let mediumFrom be greater than 0.',
    'document.mediumFrom',
  );
  ensure(
    highFrom >= mediumFrom,
    'invalid',
    'rules-thresholds-ascend',
    'A high risk begins where a medium one does, or above: let highFrom be at least mediumFrom.',
    'document.highFrom',
  );
  ensure(
    !isGiven(churnedAfterRhythms) || churnedAfterRhythms > inactiveAfterRhythms,
    'invalid',
    'rules-churn-after-inactivity',
    'A customer is inactive before they count as churned: let churnedAfterRhythms be greater than inactiveAfterRhythms.',
    'document.churnedAfterRhythms',
  );
  for (const field of Object.keys(MOST) as (keyof typeof MOST)[]) {
    const most = MOST[field];
    const message = `${field} may be at most ${most}.`;
    ensure(document[field] <= most, 'invalid', 'rules-within-bounds', message, `document.${field}`);
  }
}
