import type { components } from './schema'

type Schemas = components['schemas']
export type Money = Schemas['Money']
export type Overview = Schemas['Overview']
export type Book = Schemas['Book']
export type RunRow = Schemas['RunRow']
export type RunDetail = Schemas['RunDetail']
export type ExceptionList = Schemas['ExceptionList']
export type ExceptionRow = Schemas['ExceptionRow']
export type ExceptionDetail = Schemas['ExceptionDetail']
export type WaitingList = Schemas['WaitingList']
export type ReplayRequest = Schemas['ReplayRequest']
export type ReplayAnswer = Schemas['ReplayAnswer']
export type ExceptionTotals = Schemas['ExceptionTotals']
export type ExceptionGroups = Schemas['ExceptionGroups']
export type CaseReplayPlan = Schemas['CaseReplayPlan']
export type TriedPosting = Schemas['TriedPosting']
export type GivenField = Schemas['GivenField']
export type Timeline = Schemas['Timeline']
export type Story = Schemas['Story']
export type Step = Schemas['Step']
export type ExchangeRow = Schemas['ExchangeRow']
export type Payload = Schemas['Payload']
export type InvoiceList = Schemas['InvoiceList']
export type InvoiceRow = Schemas['InvoiceRow']
export type InvoiceDetail = Schemas['InvoiceDetail']
export type InvoiceLineRow = Schemas['InvoiceLineRow']
export type EntryLine = Schemas['EntryLine']
export type Balance = Schemas['Balance']
type Problem = Schemas['ProblemDetails']

/** What the API refused, or that it could not be reached at all. */
export class ApiError extends Error {
  constructor(readonly status: number, readonly code: string, readonly title: string, detail: string) {
    super(detail)
  }
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return call<T>(path, { signal })
}

export async function post<T>(path: string, body: unknown): Promise<T> {
  return call<T>(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
}

export async function put<T>(path: string, body: unknown): Promise<T> {
  return call<T>(path, { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
}

async function call<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response
  try {
    response = await fetch(path, init)
  } catch (cause) {
    if (init.signal?.aborted) throw cause
    throw new ApiError(0, 'unreachable', 'The program does not answer.', 'It was stopped, or this machine sleeps. Nothing was changed.')
  }
  if (response.ok) return await response.json() as T
  const problem = await response.json().catch(() => null) as Problem | null
  throw new ApiError(
    response.status, problem?.code ?? 'internal', problem?.title ?? 'Something went wrong.',
    problem?.detail ?? 'The program could not answer. Its log says more.')
}

/** A query string of what is set; empty when nothing is. */
export function query(values: Record<string, string | null | undefined>): string {
  const set = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) if (value) set.set(name, value)
  const text = set.toString()
  return text && '?' + text
}
