using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Application.Journals;

namespace Tieout.Bench.Kills;

/// <summary>What is there to be posted: subscriptions of four legal entities, and what people add while it is on its way.</summary>
internal sealed class KillLoad(NpgsqlDataSource source)
{
    private readonly Dictionary<string, string> _toReverse = new(StringComparer.Ordinal);
    private int _given;

    /// <summary>Credit memos, write-offs, journals and reversals given so far.</summary>
    public int Given => _given;

    /// <summary>So many subscriptions, turn and turn about of the four.</summary>
    public async Task Subscriptions(int count)
    {
        await using var connection = await source.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            insert into customers.legal_entity (id, code, name, currency, country, series)
              select md5('entity' || no)::uuid, code, code || ' Bench', currency, case currency when 'EUR' then 'DE' else 'US' end, code
              from unnest(@codes, @currencies) with ordinality as entity (code, currency, no);
            insert into tax.rate (code, rate, from_date) values ('US-CA', 0.0725, '2020-01-01'), ('DE-19', 0.19, '2020-01-01');
            insert into catalog.plan (id, code, name) values (md5('plan')::uuid, 'basic', 'Basic');
            insert into catalog.price (id, plan_id, component, model, currency, unit_price, recognition, description)
              select md5('price' || currency)::uuid, md5('plan')::uuid, 'base', 'flat', currency, 10, recognition, 'Basic plan'
              from (values ('USD', 'immediate'), ('EUR', 'deferred')) as money (currency, recognition);
            update catalog.plan_version v set status = 'published', published_at = now(), published_by = 'bench',
              prices = (select count(*) from catalog.price p where p.plan_id = v.plan_id and p.version = v.version) where status = 'draft';
            create temporary table sample as
              select n, md5('customer' || n)::uuid as customer, md5('account' || n)::uuid as account, md5('subscription' || n)::uuid as subscription,
                     md5('correlation' || n)::uuid as correlation, 1 + n % 4 as no
              from generate_series(1, @count) as n;
            insert into customers.customer (id, code, name, country, correlation_id)
              select customer, 'C-' || n, 'Customer ' || n, case when (@currencies)[no] = 'EUR' then 'DE' else 'US' end, correlation from sample;
            insert into customers.billing_account (id, code, customer_id, legal_entity_id, currency, tax_code, term_days, correlation_id)
              select account, 'C-' || n, customer, md5('entity' || no)::uuid, (@currencies)[no], (@taxes)[no], 30, correlation from sample;
            insert into subscriptions.subscription (id, billing_account_id, code, plan_id, start_date, correlation_id)
              select subscription, account, 'C-' || n, md5('plan')::uuid, '2026-01-01', correlation from sample;
            insert into subscriptions.component (billing_account_id, subscription_id, component, from_date, price_id, quantity, agreed_price)
              select account, subscription, 'base', '2026-01-01', md5('price' || (@currencies)[no])::uuid, 1, 10 + n / 100.0 from sample;
            """,
            new
            {
                count,
                codes = KillErp.All.Select(erp => erp.Entity).ToArray(),
                currencies = KillErp.All.Select(erp => erp.Currency).ToArray(),
                taxes = KillErp.All.Select(erp => erp.TaxCode).ToArray(),
            });
    }

    /// <summary>One more of each for one of the four: a credit memo, a write-off, a journal, and the reversal of the journal before.</summary>
    public async Task Give(KillErp erp)
    {
        var invoices = await Invoices(erp);
        var (credited, writtenOff) = (invoices[0], invoices[1]);
        if (await new CreditInvoice(source, TimeProvider.System).Run(
            new CreditRequest(credited, new CreditWish.Whole(), Day(20), "Goodwill", "bench", credited), CancellationToken.None) is not CreditOutcome.Given)
            throw new InvalidOperationException($"{credited} was not credited.");
        if (await new WriteOffInvoice(source, TimeProvider.System).Run(
            new WriteOffRequest(writtenOff, 4m, Day(25), "Insolvent", "bench", writtenOff), CancellationToken.None) is not WriteOffOutcome.Done)
            throw new InvalidOperationException($"{writtenOff} was not written off.");
        _given += 2;
        await Journal(erp);
    }

    private async Task Journal(KillErp erp)
    {
        var journals = new BookJournal(source, TimeProvider.System);
        if (_toReverse.Remove(erp.Entity, out var earlier))
        {
            var reversal = await new ReverseEntry(source, TimeProvider.System).Run(
                new ReversalRequest(earlier, Day(28), "Booked twice", "bench", earlier), CancellationToken.None);
            if (reversal is not JournalOutcome.Done) throw new InvalidOperationException($"{earlier} was not reversed.");
            _given++;
        }
        using var document = JsonDocument.Parse(
            $$"""
            { "legal-entity": "{{erp.Entity}}", "date": "2026-11-20", "currency": "{{erp.Currency}}", "text": "Month end", "reason": "Agreed", "actor": "bench",
              "lines": [{"account":"fx-gain-loss","debit":"12.34"},{"account":"cash-clearing","credit":"12.34"}] }
            """);
        var key = Guid.CreateVersion7().ToString();
        if (await journals.Add(document.RootElement, actor: null, key, CancellationToken.None) is not JournalOutcome.Done done)
            throw new InvalidOperationException($"No journal was booked for {erp.Entity}.");
        _toReverse[erp.Entity] = done.Journal.Number;
        _given++;
    }

    // Two that nobody has touched yet; those of the first month only, whatever state they are in.
    private async Task<IReadOnlyList<string>> Invoices(KillErp erp)
    {
        await using var connection = await source.OpenConnectionAsync();
        return (await connection.QueryAsync<string>(
            """
            select i.number from invoicing.invoice i
            where i.number like @series and i.kind = 'invoice' and i.month = '2026-11-01'
            order by i.number offset @taken limit 2
            """, new { series = erp.Entity + "-%", taken = _taken.GetValueOrDefault(erp.Entity) })).AsList() is { Count: 2 } two
            ? Taken(erp, two)
            : throw new InvalidOperationException("Too few documents for so many kills: --documents takes more.");
    }

    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);

    private IReadOnlyList<string> Taken(KillErp erp, IReadOnlyList<string> two)
    {
        _taken[erp.Entity] = _taken.GetValueOrDefault(erp.Entity) + 2;
        return two;
    }

    private static DateOnly Day(int day) => new(2026, 11, day);
}
