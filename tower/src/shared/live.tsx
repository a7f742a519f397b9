import { createContext, useContext, useEffect, useState, type ReactNode } from 'react'
import type { Overview, RunRow } from '../api/client'

type Live = {
  overview: Overview | null
  runs: RunRow[] | null
  /** Why figures may be old; empty while news arrives. */
  stale: string
}

const LiveContext = createContext<Live>({ overview: null, runs: null, stale: '' })
export const useLive = () => useContext(LiveContext)

const silence = 6_000

/** One stream of news for the whole page. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const [live, setLive] = useState<Live>({ overview: null, runs: null, stale: '' })

  useEffect(() => {
    const source = new EventSource('/v1/live')
    let heard = Date.now()
    const on = (name: string, take: (data: string) => Partial<Live>) =>
      source.addEventListener(name, event => {
        heard = Date.now()
        const news = take((event as MessageEvent<string>).data)
        setLive(was => Object.keys(news).some(key => was[key as keyof Live] !== news[key as keyof Live]) ? { ...was, ...news } : was)
      })
    on('overview', data => ({ overview: JSON.parse(data) as Overview, stale: '' }))
    on('runs', data => ({ runs: JSON.parse(data) as RunRow[], stale: '' }))
    on('beat', () => ({ stale: '' }))
    on('trouble', data => ({ stale: (JSON.parse(data) as { message: string }).message }))
    const watch = setInterval(() => {
      if (Date.now() - heard > silence)
        setLive(was => was.stale ? was : { ...was, stale: 'The program sends no news.' })
    }, 1_000)
    return () => {
      clearInterval(watch)
      source.close()
    }
  }, [])

  return <LiveContext value={live}>{children}</LiveContext>
}
