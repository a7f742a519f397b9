import { lazy, Suspense, useEffect } from 'react'
import { LiveProvider } from './shared/live'
import { Link, useLocation } from './shared/router'
import { Frame } from './shared/Frame'
import { Loading } from './shared/States'

const Overview = lazy(() => import('./overview/Overview'))
const Exceptions = lazy(() => import('./exceptions/Exceptions'))
const ExceptionPage = lazy(() => import('./exceptions/ExceptionPage'))
const Timeline = lazy(() => import('./timeline/Timeline'))
const Runs = lazy(() => import('./runs/Runs'))
const RunPage = lazy(() => import('./runs/RunPage'))
const Invoices = lazy(() => import('./invoices/Invoices'))
const InvoicePage = lazy(() => import('./invoices/InvoicePage'))
const Lanes = lazy(() => import('./lanes/Lanes'))
const Balances = lazy(() => import('./balances/Balances'))

export function App() {
  return (
    <LiveProvider>
      <Frame>
        <Suspense fallback={<Loading what="the screen" />}><Screen /></Suspense>
      </Frame>
    </LiveProvider>
  )
}

function Screen() {
  const { path } = useLocation()
  const [, screen = '', ...rest] = path.split('/')
  const id = decodeURIComponent(rest.join('/'))
  useEffect(() => { document.title = titleOf(screen, id) }, [screen, id])
  switch (screen) {
    case '': return <Overview />
    case 'exceptions': return id ? <ExceptionPage id={id} key={id} /> : <Exceptions />
    case 'timeline': return <Timeline id={id} key={id} />
    case 'runs': return id ? <RunPage id={id} key={id} /> : <Runs />
    case 'invoices': return id ? <InvoicePage id={id} key={id} /> : <Invoices />
    case 'lanes': return <Lanes />
    case 'balances': return <Balances />
    default: return (
      <>
        <h1>There is no such screen</h1>
        <p>Nothing is at <code>{path}</code>. Go to the <Link to="/">overview</Link>, or search for an id above.</p>
      </>
    )
  }
}

function titleOf(screen: string, id: string) {
  const name = screen === '' ? 'Overview' : screen.charAt(0).toUpperCase() + screen.slice(1)
  return id && screen === 'timeline' ? `${id} · Tieout` : `${name} · Tieout`
}
