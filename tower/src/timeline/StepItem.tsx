import type { EntryLine, ExchangeRow, InvoiceLineRow, Payload, Step } from '../api/client'
import { grouped, Money } from '../shared/Money'
import { Link, timelineOf } from '../shared/router'
import { Shape } from '../shared/StatusBadge'
import { second } from '../shared/time'

const tones = { done: 'good', gap: 'none', trouble: 'bad' } as const
const words = { done: 'done', gap: 'not yet', trouble: 'needs attention' } as const

export function StepItem({ step }: { step: Step }) {
  const tone = tones[step.state]
  return (
    <li className={'step ' + step.state}>
      <Shape tone={tone} />
      <article>
        <header>
          <span className="kind">{step.kind.replaceAll('-', ' ')}</span>
          <h2>{step.title}<span className="hide">, {words[step.state]}</span></h2>
          {step.amount && <Money value={step.amount} />}
          <span className="at">{step.at ? <time dateTime={step.at}>{second(step.at)}</time> : ''}</span>
        </header>
        {step.text && <p>{step.text}</p>}
        {step.charges.length > 0 && <Charges lines={step.charges} />}
        {step.entry.length > 0 && <Entry lines={step.entry} />}
        {step.facts.length > 0 && (
          <dl className="facts inline">
            {step.facts.map(fact => <div key={fact.label + fact.value}><dt>{fact.label}</dt><dd>{fact.isId ? <Link to={timelineOf(fact.value)}>{fact.value}</Link> : fact.value}</dd></div>)}
          </dl>
        )}
        {step.exchanges.map(exchange => <Exchange key={exchange.id} exchange={exchange} />)}
      </article>
    </li>
  )
}

function Charges({ lines }: { lines: InvoiceLineRow[] }) {
  return (
    <table>
      <thead><tr><th scope="col">For</th><th scope="col">Subscription</th><th scope="col">Period</th><th scope="col" className="num">Quantity</th><th scope="col" className="num">Price</th><th scope="col" className="num">Amount</th></tr></thead>
      <tbody>
        {lines.map(line => (
          <tr key={line.no}>
            <th scope="row">{line.description}</th><td><Link to={timelineOf(line.subscription)}>{line.subscription}</Link></td>
            <td className="nowrap">{line.from} until before {line.until}</td>
            <td className="num">{grouped(line.quantity)}</td><td className="num"><Money value={line.unitPrice} /></td><td className="num"><Money value={line.amount} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Entry({ lines }: { lines: EntryLine[] }) {
  const side = (line: EntryLine, credit: boolean) => line.amount.amount.startsWith('-') === credit
    ? <Money value={credit ? { ...line.amount, amount: line.amount.amount.slice(1) } : line.amount} />
    : null
  return (
    <table className="entry">
      <thead><tr><th scope="col">Account</th><th scope="col" className="num">Debit</th><th scope="col" className="num">Credit</th></tr></thead>
      <tbody>{lines.map(line => <tr key={line.no}><th scope="row">{line.account.replaceAll('-', ' ')}</th><td className="num">{side(line, false)}</td><td className="num">{side(line, true)}</td></tr>)}</tbody>
    </table>
  )
}

function Exchange({ exchange }: { exchange: ExchangeRow }) {
  const outcome = exchange.failure || (exchange.status ? `answered ${exchange.status}` : exchange.answer ? 'answered' : 'no answer yet')
  return (
    <details className="exchange">
      <summary><code>{exchange.operation}</code> <span className="muted">{outcome}, {second(exchange.startedAt)}</span></summary>
      <div className="wire">
        <Wire title="Request" payload={exchange.request} />
        {exchange.answer ? <Wire title="Answer" payload={exchange.answer} /> : <section><h3>Answer</h3><p className="muted">{exchange.failure || 'None came.'}</p></section>}
      </div>
    </details>
  )
}

function Wire({ title, payload }: { title: string; payload: Payload }) {
  return (
    <section>
      <h3>{title} <span className="muted">{grouped(String(payload.bytes))} bytes</span></h3>
      {payload.note && <p className="note">{payload.note}</p>}
      <pre tabIndex={0} aria-label={title}>{payload.text}</pre>
    </section>
  )
}
