/** Short names for the generated document's components; nothing is defined here. */
import type { components } from './schema';

type Schemas = components['schemas'];

export type ErrorBody = Schemas['ErrorBody'];
export type Me = Schemas['Me'];
export type PairingState = Schemas['PairingView'];
export type Device = Schemas['Device'];
export type Session = Schemas['Session'];
export type SessionPage = Schemas['SessionPage'];
export type Origin = Schemas['Origin'];
export type OfferedModel = Schemas['OfferedModel'];
export type Attachment = Schemas['Attachment'];
export type AttachmentInput = Schemas['AttachmentInput'];
export type SearchHit = Schemas['SearchHit'];
export type Message = Schemas['Message'];
export type MessagePage = Schemas['MessagePage'];
export type Turn = Schemas['TurnView'];
export type TurnState = Schemas['TurnState'];
export type Usage = Schemas['Usage'];
export type Status = Schemas['GatewayStatus'];
export type Health = Schemas['HealthView'];
export type TurnEventKind = Schemas['TurnEventKind'];
export type BusEvent = Schemas['BusEvent'];
export type MemoryAuthor = Schemas['MemoryAuthor'];
export type MemoryEntry = Schemas['MemoryEntry'];
export type MemoryPage = Schemas['MemoryPage'];
export type MemoryVersion = Schemas['MemoryVersion'];
export type MemoryVersionPage = Schemas['MemoryVersionPage'];
export type MemoryOverview = Schemas['MemoryOverview'];
export type MemoryBulk = Schemas['MemoryBulk'];
export type MemoryChanges = Schemas['MemoryChanges'];
export type NewMemory = Schemas['NewMemory'];
