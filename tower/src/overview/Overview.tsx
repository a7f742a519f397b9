import { useState } from 'react'
import { query, type Book, type Overview as Data } from '../api/client'
import { useLive } from '../shared/live'
import { count, Money, Moneys } from '../shared/Money'
import { Link } from '../shared/router'
import { Empty, Failed, Loading } from '../shared/States'
import { StatusBadge } from '../shared/StatusBadge'
import { minute } from '../shared/time'
import { useApi } from '../shared/useApi'
import { RunTable } from '../runs/RunTable'
import './overview.css'

const monthsShown = 3

/** A verdict that no longer speaks for what stands is not shown as one. */
const standingOf = (book: Book) => book.outdated ? 'outdated' : book.verdict

// What needs somebody stands first.
const order = ['parked', 'in-doubt', 'sending', 'ready', 'staged', 'posted', 'cancelled']

/** Where all books stand. */
export default function Overview() {
  const live = useLive()
  const first = useApi<Data>('/v1/overview')
  const data = live.overview ?? first.data
  if (!data) return first.error ? <Failed error={first.error} again={first.again} /> : <Loading what="the books" />
  return (
    <>
      <h1>Overview</h1>
      <Strip data={data} />
      <Books books={data.books} />
      <div className="pair">
        <Ages data={data} />
        <section aria-labelledby="runs-title">
          <h2 id="runs-title">Runs <Link to="/runs" className="aside">all runs</Link></h2>
          <RunTable runs={(live.runs ?? data.runs).slice(0, 6)} asOf={data.asOf} brief />
        </section>
      </div>
    </>
  )
}

function Strip({ data }: { data: Data }) {
  const proved = data.books.filter(book => standingOf(book) === 'reconciled').length
  const broken = data.books.filter(book => standingOf(book) === 'breaks').length
  const of = (state: string) => data.books.flatMap(book => book.postings).filter(total => total.state === state).reduce((sum, total) => sum + total.count, 0)
  const open = data.ages.reduce((sum, age) => sum + age.count, 0)
  const [doubt, parked] = [of('in-doubt'), of('parked')]
  const tiles: [label: string, value: string, note: string, to: string, tone: string][] = [
    ['Books reconciled', `${count(proved)} of ${count(data.books.length)}`, broken ? `${count(broken)} with breaks` : 'by entity, currency and month', '#books', broken ? 'note bad' : ''],
    ['Open exceptions', count(open), open ? 'each with cause and owner' : 'nothing waits for a person', '/exceptions', open ? 'bad' : ''],
    ['In doubt', count(doubt), doubt ? 'sent, outcome unknown' : 'every outcome is known', '/invoices?state=in-doubt', doubt ? 'warn' : ''],
    ['Parked', count(parked), parked ? 'waiting for a person' : 'nothing is held back', '/invoices?state=parked', parked ? 'bad' : ''],
  ]
  return (
    <ul className="strip">
      {tiles.map(([label, value, note, to, tone]) => (
        <li key={label} className={tone}>
          {to.startsWith('#') ? <a href={to}><b>{value}</b><span>{label}</span><small>{note}</small></a>
            : <Link to={to}><b>{value}</b><span>{label}</span><small>{note}</small></Link>}
        </li>
      ))}
    </ul>
  )
}

function Books({ books }: { books: Book[] }) {
  const [all, setAll] = useState(false)
  const groups = Object.values(Object.groupBy(books, book => book.entity + book.total.currency)) as Book[][]
  const hidden = groups.some(group => group.length > monthsShown)
  return (
    <section id="books" aria-labelledby="books-title">
      <h2 id="books-title">Books {hidden && <button type="button" className="aside" onClick={() => setAll(!all)}>{all ? `newest ${monthsShown} months` : 'all months'}</button>}</h2>
      {books.length === 0
        ? <Empty><strong>No invoices yet.</strong><p>Import subscriptions, then run billing; each legal entity and month appears here with its verdict.</p></Empty>
        : (
          <div className="scroll">
            <table className="books">
              <thead>
                <tr>
                  <th scope="col">Legal entity</th><th scope="col">Month</th><th scope="col">Verdict</th>
                  <th scope="col" className="num">Invoices</th><th scope="col" className="num">Our books</th><th scope="col" className="num">ERP</th>
                  <th scope="col" className="num">Difference</th><th scope="col">Postings</th>
                </tr>
              </thead>
              {groups.map(group => (
                <tbody key={group[0]!.entity + group[0]!.total.currency}>
                  {(all ? group : group.slice(0, monthsShown)).map((book, index, shown) => <BookRow key={book.month} book={book} span={index === 0 ? shown.length : 0} />)}
                </tbody>
              ))}
            </table>
          </div>
        )}
    </section>
  )
}

function BookRow({ book, span }: { book: Book; span: number }) {
  const rows = (state?: string) => '/invoices' + query({ entity: book.entity, month: book.month, state })
  const tied = book.tieOut
  const standing = standingOf(book)
  return (
    <tr>
      {span > 0 && <th scope="rowgroup" rowSpan={span}><span className="entity">{book.entity}</span><span className="muted">{book.entityName}</span></th>}
      <td className="month">{book.month}</td>
      <td className="verdict">
        <div className="said">
          <StatusBadge state={standing} title={book.inWords} />
          {tied && <Link to={`/runs/${tied.run}`} className="compared"><span>compared </span><time dateTime={tied.comparedAt}>{minute(tied.comparedAt)}</time></Link>}
        </div>
        {standing !== 'reconciled' && <p>{tied && tied.breaks > 0 ? <Link to={'/exceptions' + query({ entity: book.entity, text: book.month })}>{book.inWords}</Link> : book.inWords}</p>}
      </td>
      <td className="num"><Link to={rows()}>{count(book.documents)}</Link></td>
      <td className="num"><Money value={book.total} to={rows()} /></td>
      <td className="num">{tied ? <Money value={tied.theirTotal} to={`/runs/${tied.run}`} title={`${count(tied.theirDocuments)} documents read back from ${tied.target}`} /> : <span className="none">—</span>}</td>
      <td className="num">{tied ? <Money value={tied.difference} to={`/runs/${tied.run}`} title={`Our ${count(tied.ourDocuments)} documents compared, less theirs`} /> : <span className="none">—</span>}</td>
      <td className="states">
        {book.postings.toSorted((one, other) => order.indexOf(one.state) - order.indexOf(other.state)).map(total => (
          <Link key={total.state} to={rows(total.state)} title={`${total.total.amount} ${total.total.currency}`}>
            <StatusBadge state={total.state} /> <b>{count(total.count)}</b>
          </Link>
        ))}
      </td>
    </tr>
  )
}

function Ages({ data }: { data: Data }) {
  const most = Math.max(1, ...data.ages.map(age => age.count))
  return (
    <section aria-labelledby="ages-title">
      <h2 id="ages-title">Open exceptions by age <Link to="/exceptions" className="aside">all exceptions</Link></h2>
      <table>
        <thead><tr><th scope="col">Days open</th><th scope="col" className="num">Cases</th><th scope="col"><span className="hide">Share</span></th><th scope="col" className="num">Value</th></tr></thead>
        <tbody>
          {data.ages.map(age => {
            const to = '/exceptions' + query({ age: age.days })
            return (
              <tr key={age.days}>
                <th scope="row">{age.days.replace('-', '–')}</th>
                <td className="num">{age.count > 0 ? <Link to={to}>{count(age.count)}</Link> : '0'}</td>
                <td className="bar"><meter min={0} max={most} value={age.count} aria-label={`${age.count} cases`} /></td>
                <td className="num"><Moneys values={age.values} to={to} /></td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
