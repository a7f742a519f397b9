import { Link } from './router'

/** The way here: every figure was reached from somewhere. */
export function Trail({ to, children, here }: { to: string; children: string; here: string }) {
  return <nav className="trail" aria-label="Trail"><Link to={to}>{children}</Link><span aria-hidden="true"> / </span><span aria-current="page">{here}</span></nav>
}
