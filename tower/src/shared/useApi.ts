import { useEffect, useState } from 'react'
import { ApiError, get } from '../api/client'

export type Answer<T> = { data: T | null; error: ApiError | null; loading: boolean; again: () => void }

/** Reads a resource; reads it again when the path or the version changes, and shows the old one meanwhile. */
export function useApi<T>(path: string, version: unknown = null): Answer<T> {
  const [state, setState] = useState<{ path: string; data: T | null; error: ApiError | null; loading: boolean }>(
    { path, data: null, error: null, loading: true })
  const [asked, setAsked] = useState(0)

  useEffect(() => {
    const stop = new AbortController()
    setState(was => ({ ...was, loading: true }))
    get<T>(path, stop.signal)
      .then(data => setState({ path, data, error: null, loading: false }))
      .catch((error: unknown) => {
        if (stop.signal.aborted) return
        const known = error instanceof ApiError ? error : new ApiError(0, 'internal', 'Something went wrong.', String(error))
        setState(was => ({ path, data: was.path === path ? was.data : null, error: known, loading: false }))
      })
    return () => stop.abort()
  }, [path, version, asked])

  return { data: state.data, error: state.error, loading: state.loading, again: () => setAsked(asked + 1) }
}
