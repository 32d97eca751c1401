/**
 * The fields that every event of its type has in the store, but not on the topics, because they are personal data. Types
 * cannot see decorators, so they are repeated here; a spec compares them with the contract.
 */
export const personalFields = {
  ContactPointAdded: ['value'],
  NeedRecorded: ['statement'],
  PromiseMade: ['what'],
} as const;

export type PersonalFields = {
  [Type in keyof typeof personalFields]: (typeof personalFields)[Type][number];
};
