using Dapper;
using Npgsql;
using Tieout.Application.Ledger;
using Tieout.Application.Runs;
using Tieout.Application.Tax;
using Tieout.Application.Usage;
using Tieout.Domain;

namespace Tieout.Application.Invoicing;

/// <summary>What to bill.</summary>
/// <param name="Month">What falls due in the month; invoices are dated on its first day.</param>
/// <param name="Actor">Who asked for it.</param>
/// <param name="Workers">Parts billed at once.</param>
/// <param name="PartSize">Accounts per part, which is one transaction.</param>
public sealed record BillingRequest(AccountingMonth Month, string Actor, int Workers = 2, int PartSize = 5_000)
{
    /// <summary>Bills what falls due through this day.</summary>
    public DateOnly Through { get; init; } = Month.Period.End.AddDays(-1);

    /// <summary>The date of the invoices; its month is the one they are booked in.</summary>
    public DateOnly IssueDate { get; init; } = Month.FirstDay;

    /// <summary>What the run is known by: the month, or the day.</summary>
    public string Scope { get; private init; } = Month.ToString();

    /// <summary>Bills what falls due through a day, with invoices of that day.</summary>
    public static BillingRequest On(DateOnly day, string actor, int workers = 2, int partSize = 5_000) =>
        new(AccountingMonth.Of(day), actor, workers, partSize)
        {
            Through = day,
            IssueDate = day,
            Scope = day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
        };
}

/// <summary>What a billing run added; all zero when everything stood already.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="Invoices">Invoices written by this run.</param>
/// <param name="Totals">Per legal entity and currency, of this run.</param>
public sealed record BillingOutcome(Guid Run, long Invoices, IReadOnlyList<BilledTotal> Totals)
{
    /// <summary>Legal entities whose books are closed for the invoices' date: nothing of theirs was billed.</summary>
    public IReadOnlyList<string> Closed { get; init; } = [];

    /// <summary>
    /// Accounts that were not billed, by reason. Each waits as an exception; the run after what stops it is gone bills it.
    /// </summary>
    public IReadOnlyList<StoppedAccounts> Stopped { get; init; } = [];

    /// <summary>Legal entities whose billing began after everything that was asked for: what fell due before was billed elsewhere.</summary>
    public IReadOnlyList<BeginsLater> BeginsLater { get; init; } = [];
}

/// <summary>Accounts that one reason keeps from being billed; each rate of exchange that is missing is a reason of its own.</summary>
/// <param name="Code">Of their exceptions, or of the one they share.</param>
/// <param name="Cause">That of one of them, or of the one they share.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record StoppedAccounts(string Code, long Accounts, string Cause, string Remedy);

/// <summary>A legal entity that was asked to be billed for days before its first run.</summary>
/// <param name="From">The first day it is billed for.</param>
public sealed record BeginsLater(string LegalEntity, DateOnly From);

/// <summary>Sums of a run's invoices.</summary>
public sealed record BilledTotal(string LegalEntity, string Currency, long Invoices, long CreditMemos, decimal Net, decimal Tax, decimal Total);

/// <summary>
/// Bills every billing account for what falls due: wanted minus booked, part by part. A part is one transaction that claims
/// itself with <c>for update skip locked</c>, so any number of workers and nodes share a run, a killed run is taken up
/// where it stood, and running it twice adds nothing.
/// </summary>
/// <param name="database">Where the books are.</param>
/// <param name="clock">For what is written.</param>
/// <param name="engines">Tax engines; null for none.</param>
public sealed class BillAccounts(NpgsqlDataSource database, TimeProvider clock, TaxRoutes? engines = null)
{
    private const long WorthAnalyzing = 1_000;

    private readonly RunLog _runs = new(database, clock);

    /// <summary>Runs to the end, or until cancelled: parts that were finished stay, the rest is billed by the next call.</summary>
    public async Task<BillingOutcome> Run(BillingRequest request, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        var run = await _runs.Begin("bill", request.Scope, $"Bill {request.Scope}", "accounts", request.Actor, cancel);
        try
        {
            var total = await PlanParts(run, request, cancel);
            var books = await Prepare(request, cancel);
            await new AskForTaxes(database, clock).Ahead(run, request, books, cancel);
            var part = new BillPart(database, clock, run, request, books);
            var workers = Enumerable.Range(0, request.Workers).Select(_ => Work(part, run, total, progress, cancel));
            await Task.WhenAll(workers);
            await RefreshStatistics(run, cancel);
            await new FoldBalances(database).Run(cancel);
            await BilledThrough(request, cancel);
            await _runs.End(run, "finished");
        }
        catch (Exception trouble)
        {
            await _runs.Break(run, trouble);
            throw;
        }
        return await Summary(run, request, cancel);
    }

    // Everything that was accepted before the run is in it.
    private async Task<BillingBooks> Prepare(BillingRequest request, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await UsageSummaries.CatchUp(connection, clock, cancel);
        return await BillingBooks.Load(connection, request.IssueDate, clock, new TaxAnswers(engines ?? TaxRoutes.None), cancel);
    }

    // The next run looks at what falls due after this day. Whoever changes what lies before leaves a mark.
    private async Task BilledThrough(BillingRequest request, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await connection.ExecuteAsync(
            """
            update customers.legal_entity set billed_through = @Through
            -- One that came in while this was running was not billed: its billing has not begun.
            where tenant = 1 and bills_from <= @Through and (billed_through is null or billed_through < @Through)
              and (shut_through is null or shut_through < @IssueDate)
            """, new { request.Through, request.IssueDate });
    }

    private async Task Work(BillPart part, Guid run, long total, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        while (await part.RunNext(cancel))
        {
            await using var connection = await database.OpenConnectionAsync(cancel);
            var done = await connection.QuerySingleAsync<long>(
                "select coalesce(sum(accounts), 0) from invoicing.billing_part where run_id = @run and done_at is not null", new { run });
            await _runs.Report(run, done, total, cancel);
            progress?.Report(new RunProgress(done, total, "accounts"));
        }
    }

    // Posting begins at once; left to itself PostgreSQL would plan it on tables it still believes to be empty.
    private async Task RefreshStatistics(Guid run, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var invoices = await connection.QuerySingleAsync<long>(
            "select coalesce(sum(invoices), 0) from invoicing.billing_part where run_id = @run", new { run });
        if (invoices < WorthAnalyzing) return;
        await connection.ExecuteAsync(
            "analyze invoicing.invoice, invoicing.invoice_line, ledger.journal_entry, ledger.journal_line, posting.posting", commandTimeout: 600);
    }

    // Once per run: a run taken up again keeps its parts, and with them what is done. Unless there are other accounts by
    // now: a new one may lie anywhere among those that are done, so all are gone through; that adds nothing to the old ones.
    private async Task<long> PlanParts(Guid run, BillingRequest request, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await connection.ExecuteAsync(
            """
            select 1 from runs.run where id = @run for update;
            -- Whoever adds subscriptions holds these rows for key share: after this, all of them know that billing has begun.
            select 1 from customers.legal_entity where bills_from is null order by id for update;
            update customers.legal_entity set bills_from = @from where bills_from is null;
            """, new { run, from = AccountingMonth.Of(request.Through).FirstDay }, transaction);
        var parameters = new { run, size = request.PartSize, request.IssueDate, request.Through };
        var planned = await connection.QuerySingleAsync<bool>(
            """
            select (select count(*) from customers.billing_account account join customers.legal_entity entity on entity.id = account.legal_entity_id
                    where (entity.shut_through is null or entity.shut_through < @IssueDate) and entity.bills_from <= @Through)
              = (select coalesce(sum(accounts), 0) from invoicing.billing_part where run_id = @run)
            """, parameters, transaction, commandTimeout: 600);
        if (!planned)
            await connection.ExecuteAsync(
                """
                delete from invoicing.billing_part where run_id = @run and done_at is null;
                insert into invoicing.billing_part (run_id, part, legal_entity_id, from_account, to_account, accounts)
                select @run, place * (select count(*) from customers.legal_entity) + turn
                         + (select coalesce(max(part) + 1, 0) from invoicing.billing_part where run_id = @run),
                       legal_entity_id, min(id::text collate "C")::uuid, max(id::text collate "C")::uuid, count(*)
                from (
                  select account.id, account.legal_entity_id, entity.turn,
                         -- Accounts that are read whole, with each day's usage, weigh more with the years: parts stay as large in memory.
                         (sum(1 + case when whole.id is null then 0 else (@Through - entity.bills_from) / 100 end)
                            over (partition by account.legal_entity_id order by account.id) - 1) / @size as place
                  from customers.billing_account account
                  join (select id, bills_from, row_number() over (order by code) - 1 as turn from customers.legal_entity
                        where (shut_through is null or shut_through < @IssueDate) and bills_from <= @Through) entity
                    on entity.id = account.legal_entity_id
                  left join (
                    select billing_account_id as id from credits.grant
                    union select billing_account_id from customers.account_minimum
                    union select id from customers.billing_account where monthly_minimum > 0) whole on whole.id = account.id) numbered
                group by legal_entity_id, turn, place
                """, parameters, transaction, commandTimeout: 600);
        var total = await connection.QuerySingleAsync<long>(
            "select coalesce(sum(accounts), 0) from invoicing.billing_part where run_id = @run", new { run }, transaction);
        await transaction.CommitAsync(cancel);
        return total;
    }

    private async Task<BillingOutcome> Summary(Guid run, BillingRequest request, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var totals = (await connection.QueryAsync<BilledTotal>(
            """
            select entity.code as legal_entity, invoice.currency, count(*) filter (where invoice.kind = 'invoice') as invoices,
                   count(*) filter (where invoice.kind = 'credit-memo') as credit_memos,
                   sum(invoice.net) as net, sum(invoice.tax) as tax, sum(invoice.total) as total
            from invoicing.invoice
            join customers.legal_entity entity on entity.id = invoice.legal_entity_id
            where invoice.run_id = @run
            group by entity.code, invoice.currency
            order by entity.code, invoice.currency
            """, new { run }, commandTimeout: 600)).AsList();
        var closed = await connection.QueryAsync<string>(
            "select code from customers.legal_entity where shut_through >= @IssueDate order by code", new { request.IssueDate });
        var stopped = await connection.QueryAsync<StoppedAccounts>(
            """
            select code, count(distinct billing_account_id) as accounts, min(cause) as cause, min(remedy) as remedy
            from exceptions.exception_case
            where tenant = 1 and state = 'open' and subject_kind = 'billing' and month = @month
            group by code
            union all
            select x.code, count(*), x.cause, x.remedy
            from exceptions.exception_case x join exceptions.waiting w on w.case_id = x.id
            where x.tenant = 1 and x.state = 'open' and x.subject_kind = 'rate' and x.month = @month and w.ended is null
            group by x.id
            order by accounts desc, code, cause
            """, new { month = AccountingMonth.Of(request.IssueDate).FirstDay });
        var later = await connection.QueryAsync<BeginsLater>(
            """
            select code as legal_entity, bills_from as "from" from customers.legal_entity where bills_from > @Through order by code
            """, new { request.Through });
        return new BillingOutcome(run, totals.Sum(total => total.Invoices), totals)
        {
            Closed = closed.AsList(),
            Stopped = stopped.AsList(),
            BeginsLater = later.AsList(),
        };
    }
}
