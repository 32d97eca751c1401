import type { Api } from './api.js';
import { apiVersionsFor } from './api-versions.js';
import { describeConfigs } from './describe-configs.js';
import { fetch } from './fetch.js';
import { deleteGroups, describeGroups, listGroups } from './group-admin.js';
import { heartbeat, joinGroup, leaveGroup, syncGroup } from './groups.js';
import { deleteRecords, listOffsets, offsetForLeaderEpoch } from './log-offsets.js';
import { findCoordinator, metadata } from './metadata.js';
import { offsetCommit, offsetFetch } from './offsets.js';
import { produce } from './produce.js';
import { createPartitions, createTopics, deleteTopics } from './topics.js';
import { addOffsetsToTxn, addPartitionsToTxn, endTxn, initProducerId, txnOffsetCommit } from './transactions.js';

const handlers: Api[] = [
  produce,
  fetch,
  listOffsets,
  metadata,
  offsetCommit,
  offsetFetch,
  findCoordinator,
  joinGroup,
  heartbeat,
  leaveGroup,
  syncGroup,
  describeGroups,
  listGroups,
  createTopics,
  deleteTopics,
  deleteRecords,
  initProducerId,
  offsetForLeaderEpoch,
  addPartitionsToTxn,
  addOffsetsToTxn,
  endTxn,
  txnOffsetCommit,
  describeConfigs,
  createPartitions,
  deleteGroups,
];

/** Every API that this broker answers; ApiVersions advertises exactly these. */
export const apis: ReadonlyMap<number, Api> = new Map(
  [...handlers, apiVersionsFor(handlers)].map((api) => [api.key, api]),
);
