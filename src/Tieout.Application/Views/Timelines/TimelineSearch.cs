using System.Globalization;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;

namespace Tieout.Application.Views.Timelines;

/// <summary>What a story is told about; the deepest known id counts.</summary>
internal sealed record Subject(Guid? Invoice, Guid? Subscription, Guid? Account, Guid? Customer, Guid? Run, long? RowNo)
{
    /// <summary>A journal entry that is no invoice; then there is nothing else.</summary>
    public Guid? Entry { get; init; }
}

/// <summary>Where an id led.</summary>
internal sealed record Found(IReadOnlyList<string> Kinds, Subject Subject, IReadOnlyList<Candidate> Candidates, bool More);

/// <summary>Turns an id of any kind into the one transaction it belongs to, or into those to choose from.</summary>
internal sealed class TimelineSearch(NpgsqlDataSource database)
{
    private const int Limit = 50;

    /// <summary>Every kind of id that is looked for.</summary>
    public static readonly IReadOnlyList<string> Tried =
    [
        "correlation id", "invoice number", "invoice id", "journal number", "posting id", "business key", "journal entry id", "ERP document number", "ERP id",
        "customer code", "billing account code", "subscription code", "cross-reference", "exception id", "import row (run id:row)", "usage event",
    ];

    private const string ByText =
        """
        -- The targets there are, by hopping through the index; a distinct would read every posting.
        with recursive target (name) as (
          select min(target) from posting.posting where erp_number is not null
          union all
          select (select min(p.target) from posting.posting p where p.erp_number is not null and p.target > target.name)
          from target where target.name is not null)
        select 'invoice number' as kind, id as invoice, null::uuid as subscription, null::uuid as account, null::uuid as customer,
               null::uuid as run, null::bigint as row_no
        from invoicing.invoice where tenant = 1 and number = upper(@text)
        union all
        select 'business key', document_id, null, null, null, null, null from posting.posting where tenant = 1 and business_key = @text
        union all
        select 'ERP document number', p.document_id, null, null, null, null, null
        from target join posting.posting p on p.target = target.name and p.erp_number = @text
        union all
        select 'ERP id', document_id, null, null, null, null, null from posting.posting where erp_id = @text
        union all
        select 'customer code', null, null, null, id, null, null from customers.customer where tenant = 1 and code = @text
        union all
        select 'billing account code', null, null, id, null, null, null from customers.billing_account where tenant = 1 and code = @text
        union all
        select 'subscription code', null, id, null, null, null, null from subscriptions.subscription where tenant = 1 and code = @text
        union all
        select 'cross-reference', null, s.id, a.id, c.id, null, null
        from customers.cross_reference x
        left join customers.customer c on c.id = x.internal_id
        left join customers.billing_account a on a.id = x.internal_id
        left join subscriptions.subscription s on s.id = x.internal_id
        where x.external_id = @text and coalesce(c.id, a.id, s.id) is not null
        """;

    private const string ByUuid =
        """
        select 'invoice id' as kind, id as invoice, null::uuid as subscription, null::uuid as account, null::uuid as customer,
               null::uuid as run, null::bigint as row_no
        from invoicing.invoice where id = @id
        union all select 'posting id', document_id, null, null, null, null, null from posting.posting where id = @id
        union all
        select 'journal entry id', case when e.source_kind in ('invoice', 'credit-memo') then e.source_id else e.id end, null, null, null, null, null
        from ledger.journal_entry e
        where e.id = @id
        union all
        select 'exception id', p.document_id, null, x.billing_account_id, null, null, null
        from exceptions.exception_case x
        -- A break's subject is entity/month/business key.
        left join posting.posting p on x.subject_kind in ('posting', 'break') and p.tenant = 1
          and p.business_key = regexp_replace(x.subject_key, '^.*/', '')
        where x.id = @id and coalesce(p.document_id, x.billing_account_id) is not null
        union all select 'correlation id', id, null, null, null, null, null from invoicing.invoice where correlation_id = @id
        union all select 'correlation id', document_id, null, null, null, null, null from posting.posting
        where correlation_id = @id and document_kind not in ('invoice', 'credit-memo') -- invoices have the same as theirs
        union all select 'correlation id', null, id, null, null, null, null from subscriptions.subscription where correlation_id = @id
        union all select 'correlation id', null, null, id, null, null, null from customers.billing_account where correlation_id = @id
        union all select 'correlation id', null, null, null, id, null, null from customers.customer where correlation_id = @id
        union all (select 'correlation id', null, null, null, null, run_id, row_no from intake.row where correlation_id = @id limit 1)
        union all select 'subscription id', null, id, null, null, null, null from subscriptions.subscription where id = @id
        union all select 'billing account id', null, null, id, null, null, null from customers.billing_account where id = @id
        union all select 'customer id', null, null, null, id, null, null from customers.customer where id = @id
        """;

    /// <summary>Looks everywhere; the id must be trimmed.</summary>
    public async Task<Found> Run(string text, CancellationToken cancel)
    {
        if (RowOf(text) is var (run, rowNo)) return await FromRow(run, rowNo, cancel);
        // A number is a number however it is typed, so the plain text comes first.
        var matches = text.Length is > 0 and <= 200 ? await database.Rows<Match>(ByText, new { text }, cancel) : [];
        if (Guid.TryParse(text, out var id)) matches = [.. matches, .. await database.Rows<Match>(ByUuid, new { id }, cancel)];
        return await Choose(matches, cancel);
    }

    // Entries about the same money are one story, that of the first of them.
    private async Task<Guid?> FirstOfMoney(Guid[] documents, CancellationToken cancel)
    {
        var firsts = await database.Rows<Guid?>(
            """
            select distinct first.entry_id
            from unnest(@documents) document
            left join cash.movement m on m.entry_id = document
            left join cash.movement reversed on reversed.id = m.reverses
            left join cash.movement first on first.id = coalesce(m.payment_id, m.dispute_id, reversed.dispute_id, m.reverses, m.id)
            """, new { documents }, cancel);
        return firsts.Count == 1 ? firsts[0] : null;
    }

    private async Task<Found> FromRow(Guid run, long rowNo, CancellationToken cancel)
    {
        var rows = await database.Rows<Guid?>(
            "select correlation_id from intake.row where run_id = @run and row_no = @rowNo", new { run, rowNo }, cancel);
        if (rows.Count == 0) return new Found([], new Subject(null, null, null, null, null, null), [], More: false);
        Match[] row = [new("import row (run id:row)", null, null, null, null, run, rowNo)];
        if (rows[0] is not { } correlation) return await Choose(row, cancel);
        return await Choose([.. row, .. await database.Rows<Match>(ByUuid, new { id = correlation }, cancel)], cancel);
    }

    private async Task<Found> Choose(IReadOnlyList<Match> matches, CancellationToken cancel)
    {
        string[] kinds = [.. matches.Select(match => match.Kind).Distinct(StringComparer.Ordinal)];
        Guid[] direct = [.. matches.Select(match => match.Invoice).OfType<Guid>().Distinct()];
        var subject = new Subject(
            direct.Length == 1 ? direct[0] : null,
            First(matches, match => match.Subscription), First(matches, match => match.Account), First(matches, match => match.Customer),
            First(matches, match => match.Run), matches.Select(match => match.RowNo).FirstOrDefault(no => no is not null));
        if (direct.Length == 1 && (await database.Rows<Guid>(
            "select document_id from posting.posting where document_id = @document and document_kind not in ('invoice', 'credit-memo')",
            new { document = direct[0] }, cancel)).Count > 0)
            return new Found(kinds, new Subject(null, null, null, null, null, null) { Entry = direct[0] }, [], More: false);
        if (kinds.Length == 0 || direct.Length == 1) return new Found(kinds, subject, [], More: false);
        if (direct.Length > 1 && await FirstOfMoney(direct, cancel) is { } first)
            return new Found(kinds, new Subject(null, null, null, null, null, null) { Entry = first }, [], More: false);

        var invoices = await Invoices(matches, direct, cancel);
        if (invoices.Count == 1) return new Found(kinds, subject with { Invoice = invoices[0].Id }, [], More: false);
        var candidates = invoices.Take(Limit).Select(row => new Candidate(
            row.Number, $"{(row.Kind == "invoice" ? "Invoice" : "Credit memo")} {row.Number} to {row.CustomerName}",
            AccountingMonth.Of(row.Month), Cash.Of(row.Total, row.Currency), row.State));
        return new Found(kinds, subject, [.. candidates], invoices.Count > Limit);
    }

    private static Guid? First(IEnumerable<Match> matches, Func<Match, Guid?> id) => matches.Select(id).FirstOrDefault(value => value is not null);

    // The narrowest matches speak: invoices themselves, else those of the subscriptions, of the accounts, of the customers.
    private Task<IReadOnlyList<InvoiceHit>> Invoices(IReadOnlyList<Match> matches, Guid[] direct, CancellationToken cancel)
    {
        Guid[] Ids(Func<Match, Guid?> id) => [.. matches.Select(id).OfType<Guid>().Distinct()];
        var (subscriptions, accounts, customers) = (Ids(match => match.Subscription), Ids(match => match.Account), Ids(match => match.Customer));
        var ids = direct.Length > 0 ? "select unnest(@direct)"
            : subscriptions.Length > 0 ?
                """
                select l.invoice_id
                from subscriptions.subscription s
                join invoicing.invoice_line l on l.billing_account_id = s.billing_account_id and l.subscription_id = s.id
                where s.id = any(@subscriptions)
                """
            : accounts.Length > 0 ? "select id from invoicing.invoice where billing_account_id = any(@accounts)"
            :
                """
                select i.id
                from customers.billing_account a
                join invoicing.invoice i on i.billing_account_id = a.id
                where a.customer_id = any(@customers)
                """;
        return database.Rows<InvoiceHit>(
            $"""
            select i.id, i.number, i.kind, c.name as customer_name, i.month, i.currency, i.total, coalesce(p.state, '') as state
            from invoicing.invoice i
            join customers.customer c on c.id = i.customer_id
            left join posting.posting p on p.document_id = i.id and p.billing_account_id = i.billing_account_id
            where i.id in ({ids})
            order by i.month desc, i.number desc
            limit @limit
            """, new { direct, subscriptions, accounts, customers, limit = Limit + 1 }, cancel);
    }

    private static (Guid Run, long RowNo)? RowOf(string text)
    {
        var split = text.IndexOf(':', StringComparison.Ordinal);
        return split > 0 && Guid.TryParse(text.AsSpan(0, split), out var run)
            && long.TryParse(text.AsSpan(split + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var rowNo)
            ? (run, rowNo)
            : null;
    }

    private sealed record Match(string Kind, Guid? Invoice, Guid? Subscription, Guid? Account, Guid? Customer, Guid? Run, long? RowNo);

    private sealed record InvoiceHit(Guid Id, string Number, string Kind, string CustomerName, DateOnly Month, string Currency, decimal Total, string State);
}
