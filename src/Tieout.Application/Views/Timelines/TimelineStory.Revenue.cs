using System.Globalization;
using Tieout.Application.Database;

namespace Tieout.Application.Views.Timelines;

internal sealed partial class TimelineStory
{
    private const int PartsNamed = 20;
    private const int DocumentsNamed = 10;

    // What a revenue run summed up in an entry: how many lines of schedules, by what its lines are split, and some of the documents behind them.
    private async Task<IEnumerable<Step>> Summed(Guid entry, CancellationToken cancel)
    {
        if (await database.Row<BookingRow>(
                """
                select k.id, e.no, k.lines, k.currency, k.created_at, (select count(*) from revenue.booking_entry o where o.booking = k.id)::int as entries,
                       (select sum(p.lines)::bigint from revenue.part p where p.booking = k.id and p.entry_no = e.no) as own
                from revenue.booking_entry e join revenue.booking k on k.id = e.booking
                where e.entry_id = @entry
                """, new { entry }, cancel) is not { } booking) return await Moved(entry, cancel);
        var parts = await database.Rows<PartRow>(
            """
            select concat_ws(', ', 'earned in ' || to_char(month, 'YYYY-MM'), 'plan ' || nullif(plan, ''), 'component ' || nullif(component, ''),
                     'tax code ' || nullif(tax_code, ''), 'region ' || nullif(region, ''), 'country ' || nullif(country, ''),
                     'customer ' || nullif(customer, ''), 'account ' || nullif(account, ''), about) as words, lines, amount, line_no
            from revenue.part where booking = @Id and entry_no = @No order by line_no limit @PartsNamed
            """, new { booking.Id, booking.No, PartsNamed }, cancel);
        var documents = await database.Rows<string>(
            """
            select distinct number from (
              select i.number
              from revenue.release r
              join revenue.schedule_line l on l.batch = r.batch and l.month = r.month
              join revenue.schedule s on s.batch = l.batch and s.no = l.no
              join invoicing.invoice i on i.id = s.invoice_id and i.billing_account_id = s.billing_account_id
              left join revenue.part_line placed on placed.batch = l.batch and placed.month = l.month and placed.no = l.no
              left join revenue.part on part.booking = placed.booking and part.no = placed.part
              where r.booking = @Id and (placed.part is null or part.entry_no = @No)
              limit @DocumentsNamed) named
            order by number
            """, new { booking.Id, booking.No, DocumentsNamed }, cancel);
        return [SumStep(booking, parts, documents)];
    }

    // What a revenue run moved between deferred revenue and what is earned and not invoiced, by contract.
    private async Task<IEnumerable<Step>> Moved(Guid entry, CancellationToken cancel)
    {
        var lines = await database.Rows<MovedRow>(
            """
            select coalesce(c.code, '') as contract, l.account, l.amount, u.currency, u.created_at, count(*) over () as count
            from revenue.unbilled u
            join revenue.unbilled_line l on l.unbilled = u.id
            left join revenue.contract c on c.id = l.contract_id
            where u.entry_id = @entry order by l.no limit @PartsNamed
            """, new { entry, PartsNamed }, cancel);
        return lines.Count == 0 ? await Prepaid(entry, cancel) :
        [
            new Step(
                StepKind.Charges, StepState.Done, lines[0].CreatedAt, "Earned and not invoiced",
                string.Create(CultureInfo.InvariantCulture, $"What should stand at the month's end less what did, in {lines[0].Count:N0} lines."))
            {
                Facts =
                [
                    .. lines.Select(line => new Fact(
                        line.Contract.Length == 0 ? "Without a given contract" : $"Contract {line.Contract}",
                        $"{Cash.Of(line.Amount, line.Currency)} on {line.Account}")),
                ],
            },
        ];
    }

    // What a revenue run made revenue of prepaid credit, by grant.
    private async Task<IEnumerable<Step>> Prepaid(Guid entry, CancellationToken cancel)
    {
        var lines = await database.Rows<CreditRow>(
            """
            select g.grant_key as grant_key, a.code as account, l.use, to_char(l.used_in, 'YYYY-MM') as month, sum(l.amount) as amount, p.currency,
                   p.created_at, (sum(count(*)) over ())::bigint as count
            from revenue.prepaid_entry e
            join revenue.prepaid p on p.id = e.prepaid
            join revenue.prepaid_part part on part.prepaid = e.prepaid and part.entry_no = e.no
            join revenue.prepaid_part_line placed on placed.prepaid = part.prepaid and placed.part = part.no
            join revenue.prepaid_line l on l.prepaid = placed.prepaid and l.no = placed.no
            join credits.grant g on g.billing_account_id = l.billing_account_id and g.id = l.grant_id
            join customers.billing_account a on a.id = l.billing_account_id
            where e.entry_id = @entry
            group by g.grant_key, a.code, l.use, l.used_in, p.currency, p.created_at
            order by g.grant_key, l.used_in, l.use limit @PartsNamed
            """, new { entry, PartsNamed }, cancel);
        return lines.Count == 0 ? await Exchanged(entry, cancel) :
        [
            new Step(
                StepKind.Charges, StepState.Done, lines[0].CreatedAt, "Used of prepaid credit",
                string.Create(CultureInfo.InvariantCulture, $"The share of its price that was drawn or lapsed, in {lines[0].Count:N0} lines."))
            {
                Facts =
                [
                    .. lines.Select(line => new Fact(
                        $"Grant {line.GrantKey} of {line.Account}", $"{Cash.Of(line.Amount, line.Currency)} {line.Use} in {line.Month}")),
                ],
            },
        ];
    }

    // What different rates left of prepaid credit of which nothing is left, by grant.
    private async Task<IEnumerable<Step>> Exchanged(Guid entry, CancellationToken cancel)
    {
        var lines = await database.Rows<ExchangeRow>(
            """
            select g.grant_key as grant_key, a.code as account, l.functional, e.currency, x.created_at
            from revenue.prepaid_exchange x
            join revenue.prepaid_exchange_line l on l.exchange = x.id
            join credits.grant g on g.billing_account_id = l.billing_account_id and g.id = l.grant_id
            join customers.billing_account a on a.id = l.billing_account_id
            join customers.legal_entity e on e.id = x.legal_entity_id
            where x.entry_id = @entry order by l.no limit @PartsNamed
            """, new { entry, PartsNamed }, cancel);
        return lines.Count == 0 ? await ExchangedDeferred(entry, cancel) :
        [
            new Step(
                StepKind.Charges, StepState.Done, lines[0].CreatedAt, "Left by rates of exchange",
                "Of prepaid credit of which nothing is left: what its invoices and credit memos came to at different rates.")
            {
                Facts =
                [
                    .. lines.Select(line => new Fact(
                        $"Grant {line.GrantKey} of {line.Account}",
                        $"{Cash.Of(Math.Abs(line.Functional), line.Currency)} {(line.Functional < 0m ? "lost" : "won")}")),
                ],
            },
        ];
    }

    // What different rates left in deferred revenue, and what of.
    private async Task<IEnumerable<Step>> ExchangedDeferred(Guid entry, CancellationToken cancel)
    {
        if (await database.Row<DeferredRow>(
                """
                select x.cause, x.functional, x.currency as foreign_currency, e.currency, x.created_at, coalesce(first.business_key, '') as booking,
                       (select coalesce(string_agg(code, ', ' order by code), '') from (
                          select c.code from revenue.contract_carried k join revenue.contract c on c.id = k.contract_id
                          where k.booking = x.id order by c.code limit @PartsNamed) named) as contracts
                from revenue.exchange x
                join customers.legal_entity e on e.id = x.legal_entity_id
                left join revenue.booking b on b.id = x.booking
                left join posting.posting first on first.document_id = b.entry_id
                where x.entry_id = @entry
                """, new { entry, PartsNamed }, cancel) is not { } row) return [];
        return
        [
            new Step(
                StepKind.Charges, StepState.Done, row.CreatedAt, "Left by rates of exchange",
                row.Cause switch
                {
                    "released" => $"Documents in {row.ForeignCurrency} gave back at other rates than they were invoiced at."
                        + (row.Booking.Length == 0 ? "" : $" Beside what {row.Booking} booked as revenue."),
                    "contracts" => $"Documents of these contracts in {row.ForeignCurrency} come to nothing, at different rates: {row.Contracts}.",
                    _ => $"What an earlier version left of documents in {row.ForeignCurrency}, looked at once.",
                })
            { Facts = [new Fact("Deferred revenue", $"{Cash.Of(Math.Abs(row.Functional), row.Currency)} {(row.Functional < 0m ? "lost" : "won")}")] },
        ];
    }

    private static Step SumStep(BookingRow booking, IReadOnlyList<PartRow> parts, IReadOnlyList<string> documents)
    {
        var lines = booking.Own ?? booking.Lines;
        var several = booking.Entries > 1
            ? string.Create(CultureInfo.InvariantCulture, $" Entry {booking.No} of {booking.Entries} of one booking of {booking.Lines:N0} lines.") : "";
        return new Step(
            StepKind.Charges, StepState.Done, booking.CreatedAt,
            string.Create(CultureInfo.InvariantCulture, $"Sum of {lines:N0} {(lines == 1 ? "line of a schedule" : "lines of schedules")}"),
            $"Each is what a deferred line of a document, or an obligation of a contract, earned in a month.{several}")
        {
            Facts =
            [
                .. parts.Select(part => new Fact(
                    string.Create(CultureInfo.InvariantCulture, $"Line {part.LineNo} and {part.LineNo + 1}"),
                    string.Create(CultureInfo.InvariantCulture, $"{Cash.Of(part.Amount, booking.Currency)}, {part.Words}, of {part.Lines:N0} lines"))),
                .. documents.Select(number => new Fact("Among others of", number, IsId: true)),
            ],
        };
    }

    private sealed record BookingRow(int Id, int No, long Lines, string Currency, DateTimeOffset CreatedAt, int Entries, long? Own);

    private sealed record MovedRow(string Contract, string Account, decimal Amount, string Currency, DateTimeOffset CreatedAt, long Count);

    private sealed record ExchangeRow(string GrantKey, string Account, decimal Functional, string Currency, DateTimeOffset CreatedAt);

    private sealed record CreditRow(
        string GrantKey, string Account, string Use, string Month, decimal Amount, string Currency, DateTimeOffset CreatedAt, long Count);

    private sealed record PartRow(string Words, long Lines, decimal Amount, int LineNo);

    private sealed record DeferredRow(
        string Cause, decimal Functional, string ForeignCurrency, string Currency, DateTimeOffset CreatedAt, string Booking, string Contracts);
}
