import { useSyncExternalStore, type AnchorHTMLAttributes, type MouseEvent } from 'react'

const changed = 'tieout:moved'

function subscribe(tell: () => void) {
  window.addEventListener('popstate', tell)
  window.addEventListener(changed, tell)
  return () => {
    window.removeEventListener('popstate', tell)
    window.removeEventListener(changed, tell)
  }
}

/** Where we are; the query holds filters, so that a list survives going back to it. */
export function useLocation() {
  const href = useSyncExternalStore(subscribe, () => window.location.pathname + window.location.search)
  const [path = '/', search = ''] = href.split('?')
  return { path, search: new URLSearchParams(search) }
}

export function navigate(to: string, replace = false) {
  if (replace) window.history.replaceState(null, '', to)
  else {
    window.history.pushState(null, '', to)
    window.scrollTo(0, 0)
  }
  window.dispatchEvent(new Event(changed))
}

/** Filters kept in the address. */
export function useFilters<Name extends string>(names: readonly Name[]) {
  const { path, search } = useLocation()
  const values = Object.fromEntries(names.map(name => [name, search.get(name) ?? ''])) as Record<Name, string>
  const set = (name: Name, value: string) => {
    const next = new URLSearchParams(search)
    if (value) next.set(name, value)
    else next.delete(name)
    const text = next.toString()
    navigate(path + (text && '?' + text), true)
  }
  return [values, set] as const
}

export function Link({ to, ...rest }: { to: string } & AnchorHTMLAttributes<HTMLAnchorElement>) {
  const go = (event: MouseEvent<HTMLAnchorElement>) => {
    rest.onClick?.(event)
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    navigate(to)
  }
  return <a {...rest} href={to} onClick={go} />
}

/** The address of the story behind an id. */
export const timelineOf = (id: string) => '/timeline/' + encodeURIComponent(id)
