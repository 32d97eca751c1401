import type { Recorded } from '#contracts/envelope.js';
import { idInStream, type RapportEvent } from '#contracts/events.js';
import type { Scale } from '#contracts/satisfaction.events.js';
import type { RiskSign, SignInEvent, SignSource } from '#domain/retention/signs.js';

/** What an event says about whether its customer may leave; undefined for most. */
export function signOf(event: Recorded<RapportEvent>): SignInEvent | undefined {
  const { type, data, streamId } = event;
  switch (type) {
    case 'CustomerComplained':
    case 'ComplaintResolutionDisputed':
    case 'ComplaintReopened':
      return { sign: 'unsettled', complaintId: idInStream(streamId), ...sourceOf(event) };
    case 'ComplaintResolved':
    case 'ComplaintClosed':
      return { sign: 'settled', complaintId: idInStream(streamId), ...sourceOf(event) };
    case 'ComplaintAttributed':
      return { sign: 'complaintFound', complaintId: idInStream(streamId), ...sourceOf(event) };
    case 'NpsAnswered':
      return rated(event, 'nps', data.score, data.scale);
    case 'CsatAnswered':
      return rated(event, 'csat', data.score, data.scale);
    case 'ComplaintHandlingRated':
      return rated(event, 'complaintHandling', (data.speed + data.attitude + data.outcome) / 3, data.scale);
    case 'ServiceQualityRated':
      return rated(event, `serviceQuality.${data.dimension}`, data.perception, data.scale);
    case 'PromiseBroken':
      return { sign: 'promiseBroken', promiseId: data.promiseId, ...sourceOf(event) };
    case 'CustomerPurchased':
      return { sign: 'bought', ...sourceOf(event) };
    default:
      return undefined;
  }
}

function rated(event: Recorded<RapportEvent>, about: string, score: number, { min, max }: Scale): RiskSign {
  const surveyId = idInStream(event.streamId);
  return { sign: 'rated', about, surveyId, share: (score - min) / (max - min), ...sourceOf(event) };
}

function sourceOf({ eventId, metadata, position }: Recorded<RapportEvent>): SignSource {
  return { eventId, occurredAt: metadata.occurredAt, position: position.toString() };
}
