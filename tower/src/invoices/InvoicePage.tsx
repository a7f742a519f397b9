import type { InvoiceDetail, InvoiceLineRow } from '../api/client'
import { grouped, Money } from '../shared/Money'
import { Link, timelineOf } from '../shared/router'
import { Failed, Loading } from '../shared/States'
import { StatusBadge } from '../shared/StatusBadge'
import { Trail } from '../shared/Trail'
import { useApi } from '../shared/useApi'

const documentOf = (id: string, shape: 'html' | 'pdf' | 'ubl') => `/v1/invoices/${encodeURIComponent(id)}/${shape}`

export default function InvoicePage({ id }: { id: string }) {
  const { data, error, again } = useApi<InvoiceDetail>('/v1/invoices/' + encodeURIComponent(id))
  if (!data) return error ? <Failed error={error} again={again} /> : <Loading what="the invoice" />
  const invoice = data.invoice
  const memo = invoice.kind === 'credit-memo'
  return (
    <>
      <Trail to="/invoices" here={invoice.number}>Invoices</Trail>
      <h1>{memo ? 'Credit memo' : 'Invoice'} {invoice.number} <StatusBadge state={invoice.state} /></h1>
      <p>{invoice.customerName}, <Money value={invoice.total} to={timelineOf(invoice.number)} title="Show the timeline" />{!memo && <>, due {invoice.dueDate}</>}. <Link to={timelineOf(invoice.number)}>Show its timeline</Link></p>
      <p>Document: <a href={documentOf(invoice.id, 'html')} target="_blank" rel="noreferrer">page</a>, <a href={documentOf(invoice.id, 'pdf')}>PDF</a>, <a href={documentOf(invoice.id, 'ubl')}>electronic (UBL)</a></p>
      <Corrections data={data} />
      <dl className="facts inline">
        <div><dt>Customer</dt><dd><Link to={timelineOf(invoice.customer)}>{invoice.customer}</Link></dd></div>
        <div><dt>Billing account</dt><dd><Link to={timelineOf(invoice.account)}>{invoice.account}</Link></dd></div>
        <div><dt>Legal entity</dt><dd>{invoice.entity}</dd></div>
        <div><dt>Accounting month</dt><dd>{invoice.month}</dd></div>
        <div><dt>Issued</dt><dd>{invoice.issueDate}</dd></div>
        {data.purchaseOrder && <div><dt>Purchase order</dt><dd>{data.purchaseOrder}</dd></div>}
        <div><dt>ERP document</dt><dd>{invoice.erpNumber ? `${invoice.erpNumber} in ${invoice.target}` : 'not posted yet'}</dd></div>
        {data.inBooks && <div><dt>In the books</dt><dd><Money value={data.inBooks.total} />, {data.inBooks.source}</dd></div>}
      </dl>
      <section aria-labelledby="lines">
        <h2 id="lines">Lines</h2>
        <div className="scroll">
          <table>
            <thead><tr><th scope="col">For</th><th scope="col">Subscription</th><th scope="col">Period</th><th scope="col">Recognition</th><th scope="col">Tax</th><th scope="col" className="num">Quantity</th><th scope="col" className="num">Price</th><th scope="col" className="num">Amount</th></tr></thead>
            <tbody>
              {data.lines.map(line => (
                <tr key={line.no}>
                  <th scope="row">{line.description}<Origin line={line} /></th><td><Link to={timelineOf(line.subscription)}>{line.subscription}</Link></td>
                  <td className="nowrap">{line.from} until before {line.until}</td><td>{line.recognition}</td><td className="nowrap">{line.taxCode}</td>
                  <td className="num">{grouped(line.quantity)}</td><td className="num"><Money value={line.unitPrice} /></td><td className="num"><Money value={line.amount} /></td>
                </tr>
              ))}
            </tbody>
            <tfoot>
              <tr><th scope="row" colSpan={7}>Net</th><td className="num"><Money value={invoice.net} /></td></tr>
              {data.taxes.map((tax, index) => (
                <tr key={index}>
                  <th scope="row" colSpan={7}>Tax {tax.code}, {percent(tax.rate)} of <Money value={tax.base} />{tax.corrects && <> on invoice {tax.corrects}</>}{tax.note && <div className="muted small">{tax.note}</div>}</th>
                  <td className="num"><Money value={tax.tax} /></td>
                </tr>
              ))}
              <tr><th scope="row" colSpan={7}>Total</th><td className="num"><Money value={invoice.total} /></td></tr>
              {invoice.open && invoice.open.amount !== invoice.total.amount && <tr><th scope="row" colSpan={7}>Still asked for</th><td className="num"><Money value={invoice.open} /></td></tr>}
            </tfoot>
          </table>
        </div>
      </section>
      {data.settlements.length > 0 && <Settlements rows={data.settlements} />}
    </>
  )
}

/** What was booked on it since; it asks for its total less all of these. */
function Settlements({ rows }: { rows: InvoiceDetail['settlements'] }) {
  return (
    <section aria-labelledby="settlements">
      <h2 id="settlements">Booked on it since</h2>
      <div className="scroll">
        <table>
          <thead><tr><th scope="col">Number</th><th scope="col">What</th><th scope="col">Date</th><th scope="col">Payment</th><th scope="col">State</th><th scope="col">ERP document</th><th scope="col" className="num">Asked for less</th></tr></thead>
          <tbody>
            {rows.map(row => (
              <tr key={row.number}>
                <th scope="row"><Link to={timelineOf(row.number)}>{row.number}</Link>{row.reverses && <div className="muted small">takes back {row.reverses}</div>}</th>
                <td>{row.kind.replaceAll('-', ' ')}</td><td className="nowrap">{row.date}</td>
                <td>{row.payment && <Link to={timelineOf(row.payment)}>{row.payment}</Link>}</td>
                <td><StatusBadge state={row.state} /></td><td>{row.erpNumber}</td><td className="num"><Money value={row.amount} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

/** Both directions: what it corrects, and what came later to correct it. */
function Corrections({ data }: { data: InvoiceDetail }) {
  const { corrects, correctedBy, total } = data.invoice
  const zero = /^-?0+(\.0+)?$/.test(data.writtenOff.amount)
  if (corrects.length + correctedBy.length === 0 && zero && !data.reason) return null
  const all = (numbers: string[]) => numbers.map((number, index) => <span key={number}>{index > 0 && ', '}<Link to={timelineOf(number)}>{number}</Link></span>)
  return (
    <div className="corrections">
      {data.reason && <p>Given because: {data.reason}</p>}
      {corrects.length > 0 && <p>{data.voids ? 'Takes back whole ' : 'Corrects '}{all(corrects)}.</p>}
      {correctedBy.length > 0 && <p>{data.voidedBy ? 'Was taken back whole by ' : 'Was corrected by '}{all(correctedBy)}.</p>}
      {!zero && <p><Money value={data.writtenOff} /> of <Money value={total} /> was written off.</p>}
    </div>
  )
}

/** Where a line goes back to, and how its amount came about. */
function Origin({ line }: { line: InvoiceLineRow }) {
  const words = [
    // The words of most corrections name what they correct.
    line.correctsInvoice && `revision ${line.revision}${line.description.includes(line.correctsInvoice) ? '' : `, corrects line ${line.correctsLine} of ${line.correctsInvoice}`}`,
    !line.correctsInvoice && line.revision > 1 && `revision ${line.revision}, billed anew`,
    line.convention,
    line.amendment > 1 && `amendment ${line.amendment}`,
  ].filter(Boolean)
  return words.length > 0 ? <div className="muted small">{words.join('; ')}</div> : null
}

/** A fraction as percent, by moving the point in the text. */
function percent(rate: string): string {
  const [whole = '0', part = ''] = rate.split('.')
  const digits = (whole + part.padEnd(2, '0').slice(0, 2)).replace(/^0+(?=\d)/, '')
  const rest = part.slice(2).replace(/0+$/, '')
  return digits + (rest && '.' + rest) + ' %'
}
