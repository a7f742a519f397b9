import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react'
import { useLive } from './live'
import { Link, navigate, timelineOf, useLocation } from './router'
import { minute } from './time'
import { useTheme, type Theme } from './theme'

const screens = [
  ['o', '/', 'Overview'], ['e', '/exceptions', 'Exceptions'], ['i', '/invoices', 'Invoices'],
  ['t', '/timeline', 'Timeline'], ['l', '/lanes', 'Lanes'], ['b', '/balances', 'Balances'], ['r', '/runs', 'Runs'],
] as const

/** What stands around every screen. */
export function Frame({ children }: { children: ReactNode }) {
  const search = useRef<HTMLInputElement>(null)
  const { path } = useLocation()
  const { overview, stale } = useLive()
  useKeys(search)
  const open = overview?.ages.reduce((sum, age) => sum + age.count, 0)

  return (
    <>
      <a className="skip" href="#screen">Skip to the screen</a>
      <aside>
        <Link to="/" className="brand"><Mark />Tieout</Link>
        <nav aria-label="Screens">
          {screens.map(([key, to, name]) => (
            <Link key={to} to={to} aria-current={isHere(path, to) ? 'page' : undefined} title={`g then ${key}`}>
              {name}
              {to === '/exceptions' && open ? <span className="pill" aria-label={`${open} open`}>{open}</span> : null}
            </Link>
          ))}
        </nav>
        <ThemeSwitch />
      </aside>
      <header>
        <Search input={search} />
        <span className="asof" role="status">{overview ? <>As of <time dateTime={overview.asOf}>{minute(overview.asOf)}</time></> : 'Waiting for news…'}</span>
      </header>
      {stale && <div className="stale" role="alert">{stale} Figures {overview ? `are as of ${minute(overview.asOf)}` : 'may be old'}; this page catches up by itself.</div>}
      <main id="screen" tabIndex={-1}>{children}</main>
    </>
  )
}

const isHere = (path: string, to: string) => to === '/' ? path === '/' : path === to || path.startsWith(to + '/')

function Mark() {
  return <svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="6" /><path d="M8 12h16M8 20h16" /></svg>
}

function Search({ input }: { input: React.RefObject<HTMLInputElement | null> }) {
  const [id, setId] = useState('')
  const go = (event: FormEvent) => {
    event.preventDefault()
    if (id.trim()) navigate(timelineOf(id.trim()))
  }
  return (
    <form role="search" onSubmit={go}>
      <input
        ref={input} type="search" value={id} onChange={event => setId(event.target.value)} maxLength={200}
        aria-label="Find the timeline of any id" placeholder="Any id: invoice, ERP document, customer, subscription, correlation…" />
      <kbd title="Press / to search">/</kbd>
    </form>
  )
}

function ThemeSwitch() {
  const [theme, setTheme] = useTheme()
  return (
    <label className="theme">Theme
      <select value={theme} onChange={event => setTheme(event.target.value as Theme)}>
        <option value="system">as the system</option>
        <option value="light">light</option>
        <option value="dark">dark</option>
      </select>
    </label>
  )
}

/** `/` searches, `g` and a letter goes; never while somebody types. */
function useKeys(search: React.RefObject<HTMLInputElement | null>) {
  useEffect(() => {
    let going = 0
    const press = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey) return
      if ((event.target as HTMLElement).closest('input, textarea, select, dialog')) return
      if (event.key === '/') {
        event.preventDefault()
        search.current?.focus()
        search.current?.select()
      } else if (event.key === 'g') going = Date.now()
      else if (Date.now() - going < 1_500) {
        going = 0
        const screen = screens.find(([key]) => key === event.key)
        if (screen) navigate(screen[1])
      }
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [search])
}
