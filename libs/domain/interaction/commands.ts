import type { InteractionAttributed, InteractionRecorded } from '#contracts/interaction.events.js';

/** A touch-point. Its customer may be found later. */
export type RecordInteraction = { type: 'RecordInteraction' } & InteractionRecorded;
export type AttributeInteraction = { type: 'AttributeInteraction' } & Pick<InteractionAttributed, 'customerId'>;

export type InteractionCommand = RecordInteraction | AttributeInteraction;
