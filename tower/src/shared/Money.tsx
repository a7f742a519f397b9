import type { Money as Value } from '../api/client'
import { Link } from './router'

/** Groups thousands by looking at the text: an amount never becomes a floating-point number here. */
export function grouped(amount: string): string {
  const negative = amount.startsWith('-')
  const [whole = '0', part] = (negative ? amount.slice(1) : amount).split('.')
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ',') + (part === undefined ? '' : '.' + part)
  return negative ? '−' + text : text
}

export const count = (value: number) => grouped(String(value))

/** An amount with its currency, and the way to the rows behind it. */
export function Money({ value, to, title }: { value: Value | null | undefined; to?: string; title?: string }) {
  if (!value) return <span className="none" title="There is no amount.">—</span>
  const text = <><span className="amount">{grouped(value.amount)}</span> <span className="currency">{value.currency}</span></>
  return to
    ? <Link to={to} className="money" title={title ?? 'Show the rows behind it'}>{text}</Link>
    : <span className="money" title={title}>{text}</span>
}

/** Several currencies side by side; they are never added. */
export function Moneys({ values, to }: { values: Value[]; to?: string }) {
  if (values.length === 0) return <span className="none">—</span>
  return <span className="moneys">{values.map(value => <Money key={value.currency} value={value} to={to} />)}</span>
}
