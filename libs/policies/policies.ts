import { assessRisk } from './assess-risk.policy.js';
import { earnPoints } from './earn-points.policy.js';
import { erasePersons } from './erase-persons.policy.js';
import { finishMerge } from './finish-merge.policy.js';
import type { Policy } from './policy.js';
import { relateParties } from './relate-parties.policy.js';
import { transferPoints } from './transfer-points.policy.js';

/** Every policy that a worker runs. */
export const policies: Policy[] = [earnPoints, transferPoints, assessRisk, erasePersons, finishMerge, relateParties];
