import { type Projection, processorName } from '#processing/projection.js';
import { ViewCheckpoint } from '#processing/view-checkpoints.table.js';
import { complaint } from './complaint/complaint.projection.js';
import { customer360 } from './customer-360/customer-360.projection.js';
import { customerIdentity } from './customer-identity/customer-identity.projection.js';
import { customerListIndexes } from './customer-list/customer-list.table.js';
import { deadline } from './deadline/deadline.projection.js';
import { matchKeys } from './duplicates/match-keys.projection.js';
import { history } from './history/history.projection.js';
import { loyaltyLevel } from './loyalty-level/loyalty-level.projection.js';
import { mergeGroup } from './merge-group/merge-group.projection.js';
import { purchaseRhythm } from './purchase-rhythm/purchase-rhythm.projection.js';
import { rulesVersions } from './rules/rules.projection.js';

/** Every projection that a worker runs. A new read model is its folder and a line here. */
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

/** The tables that they fill, and the one that says where they stand. */
export const viewTables = [
  ViewCheckpoint,
  ...projections.flatMap(({ table, listing }) => (listing ? [table, listing.table] : [table])),
];

/** The indexes that their entities cannot say. */
export const viewIndexes = customerListIndexes;

/** Under which names they keep their checkpoints. */
export const processorNames = projections.map(processorName);
