import type { ReactNode } from 'react'
import type { ApiError } from '../api/client'

export const Loading = ({ what }: { what: string }) => <p className="state" role="status">Reading {what}…</p>

export const Empty = ({ children }: { children: ReactNode }) => <div className="state empty">{children}</div>

export function Failed({ error, again }: { error: ApiError; again: () => void }) {
  return (
    <div className="state failed" role="alert">
      <strong>{error.title}</strong>
      <p>{error.message}</p>
      <p><button type="button" onClick={again}>Try again</button> <span className="muted">Code <code>{error.code}</code></span></p>
    </div>
  )
}
