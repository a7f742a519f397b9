import { useEffect, useState } from 'react'
import { get, type ApiError } from '../api/client'
import { useApi } from './useApi'

/** A list page by page: the first one follows the filter and the news, the others are added on demand. */
export function usePages<T extends { next: string | null }>(path: string, version: unknown = null) {
  const first = useApi<T>(path, version)
  const [rest, setRest] = useState<T[]>([])
  const [error, setError] = useState<ApiError | null>(null)
  useEffect(() => { setRest([]); setError(null) }, [path, first.data])

  const pages = first.data ? [first.data, ...rest] : []
  const next = pages.at(-1)?.next
  const more = next
    ? () => {
      get<T>(path + (path.includes('?') ? '&' : '?') + 'after=' + next)
        .then(page => setRest(was => [...was, page]))
        .catch((trouble: ApiError) => setError(trouble))
    }
    : null
  return { pages, error: first.error ?? error, again: first.again, more }
}
