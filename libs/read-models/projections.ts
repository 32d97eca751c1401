import { latestVersions, type Projection } from '#processing/projection.js';
import { complaint } from './complaint/complaint.projection.js';
import { customer360 } from './customer-360/customer-360.projection.js';
import { customerIdentity } from './customer-identity/customer-identity.projection.js';
import { deadline } from './deadline/deadline.projection.js';
import { matchKeys } from './duplicates/match-keys.projection.js';
import { history } from './history/history.projection.js';
import { loyaltyLevel } from './loyalty-level/loyalty-level.projection.js';
import { mergeGroup } from './merge-group/merge-group.projection.js';
import { purchaseRhythm } from './purchase-rhythm/purchase-rhythm.projection.js';
import { rulesVersions } from './rules/rules.projection.js';

/**
 * Every projection that a worker runs. A new read model is its folder and a line here; a new version of one is a line
 * before that of the version which it shall take the place of.
 */
export const projections = [
  customer360,
  loyaltyLevel,
  customerIdentity,
  mergeGroup,
  matchKeys,
  rulesVersions,
  deadline,
  history,
  purchaseRhythm,
  complaint,
] as Projection<object>[];

/** Under which names the live ones keep their checkpoints. */
export const projectionNames = latestVersions(projections).map(({ name }) => name);
