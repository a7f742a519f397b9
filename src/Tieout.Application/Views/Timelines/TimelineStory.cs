using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;

namespace Tieout.Application.Views.Timelines;

/// <summary>Loads what a story is made of, and tells it.</summary>
internal sealed partial class TimelineStory(NpgsqlDataSource database, FindInvoices invoices)
{
    private readonly ReadGrants grants = new(database, TimeProvider.System);
    private readonly UsageBilled billed = new(database);
    private readonly TaxFacts taxes = new(database);

    /// <summary>The story of an invoice, or of what there is before one.</summary>
    public async Task<Story> Tell(Subject subject, CancellationToken cancel)
    {
        if (subject.Entry is { } entry) return await OfEntry(entry, cancel);
        var invoice = subject.Invoice is { } id ? await invoices.One(id, cancel) : null;
        var subscriptions = await Subscriptions(subject, cancel);
        var accounts = await Accounts(subject, subscriptions, cancel);
        var customers = await Customers(subject, accounts, cancel);
        var sources = await Sources(
            subject,
            [.. customers.Select(row => row.CorrelationId), .. accounts.Select(row => row.CorrelationId),
                .. subscriptions.Select(row => row.CorrelationId), .. invoice is null ? [] : new[] { invoice.CorrelationId }],
            cancel);
        List<Step> steps =
        [
            .. PartySteps.Sources(sources),
            .. customers.Select(PartySteps.Customer),
            .. accounts.Select(PartySteps.Account),
            .. accounts.Count == 1 ? (await grants.Of(accounts[0].Id, cancel)).Select(PartySteps.Credit) : [],
            .. subscriptions.Select(PartySteps.Subscription),
            .. (await Amendments([.. subscriptions.Select(row => row.Id)], cancel)).Select(PartySteps.Amendment),
        ];
        if (invoice is null)
        {
            steps.Add(DocumentSteps.NotInvoiced);
            var account = accounts.Count == 1 ? accounts[0].Id : (Guid?)null;
            steps.AddRange((await Cases([], account, cancel)).Select(ProofSteps.Case));
            return PartySteps.WithoutInvoice(sources, customers, accounts, subscriptions, steps);
        }

        var story = await WithInvoice(invoice, steps, cancel);
        // Asked for by its account, the one invoice it has is not all there is to say.
        return subject.Account is { } asked ? story with { Steps = [.. story.Steps, .. await Stops(asked, cancel)] } : story;
    }

    private async Task<Story> WithInvoice(InvoiceDetail invoice, List<Step> steps, CancellationToken cancel)
    {
        var (entry, lines) = await Entry(invoice.Invoice.Id, cancel);
        var posting = await Posting(invoice.Invoice.Id, cancel);
        var verdict = await Verdict(invoice.Invoice.Entity, invoice.Invoice.Total.Currency, invoice.Invoice.Month, cancel);
        var held = verdict is null ? [] : await Held(verdict.RunId, invoice.Invoice.Number, cancel);
        var breaks = verdict is null ? [] : await Breaks(verdict.RunId, invoice.Invoice.Number, cancel);
        steps.AddRange(await billed.Days(invoice.Invoice.Id, cancel));
        steps.Add(DocumentSteps.Charges(invoice));
        var step = DocumentSteps.Invoice(invoice);
        steps.Add(step with { Facts = [.. step.Facts, .. await taxes.Of(invoice.Invoice.Id, cancel)] });
        steps.Add(DocumentSteps.Entry(entry, lines, invoice));
        steps.Add(await Chosen(DocumentSteps.Posting(posting, DocumentSteps.Before(invoice.Invoice)), posting, cancel));
        if (posting is not null) steps.AddRange(await Attempts(posting, cancel));
        steps.Add(ProofSteps.ErpDocument(posting, held));
        steps.Add(ProofSteps.TieOut(posting, verdict, held, breaks, invoice.Invoice.Month));
        steps.AddRange(Settlements(invoice));
        var subjects = Subjects(invoice.Invoice.Entity, invoice.Invoice.Month, invoice.Invoice.Number);
        steps.AddRange((await Cases(subjects, account: null, cancel)).Select(ProofSteps.Case));
        return new Story(
            invoice.Invoice.Number, invoice.CorrelationId, ProofSteps.Answer(invoice, posting, verdict, held, breaks), steps);
    }

    private Task<IReadOnlyList<SubscriptionRow>> Subscriptions(Subject subject, CancellationToken cancel) => database.Rows<SubscriptionRow>(
        """
        select s.id, s.code, p.code as plan, s.start_date, s.end_date, s.correlation_id, s.created_at
        from subscriptions.subscription s
        join catalog.plan p on p.id = s.plan_id
        where (s.billing_account_id, s.id) in (
          select l.billing_account_id, l.subscription_id
          from invoicing.invoice i
          join invoicing.invoice_line l on l.billing_account_id = i.billing_account_id and l.month = i.month and l.invoice_id = i.id
          where i.id = @Invoice
          union
          select billing_account_id, id from subscriptions.subscription where id = @Subscription and @Invoice::uuid is null)
        order by s.code
        limit 100
        """, subject, cancel);

    private Task<IReadOnlyList<AmendmentRow>> Amendments(Guid[] subscriptions, CancellationToken cancel) => database.Rows<AmendmentRow>(
        """
        select s.code, a.version, a.kind, a.words, a.reason, a.actor, a.recorded_at
        from subscriptions.amendment a
        join subscriptions.subscription s on s.billing_account_id = a.billing_account_id and s.id = a.subscription_id
        where a.subscription_id = any(@subscriptions)
        order by s.code, a.version
        limit 200
        """, new { subscriptions }, cancel);

    private Task<IReadOnlyList<AccountRow>> Accounts(Subject subject, IReadOnlyList<SubscriptionRow> subscriptions, CancellationToken cancel) =>
        database.Rows<AccountRow>(
            """
            select a.id, a.code, e.code as entity, e.name as entity_name, a.currency, a.tax_code, a.term_days, a.correlation_id, a.created_at
            from customers.billing_account a
            join customers.legal_entity e on e.id = a.legal_entity_id
            where a.id in (
              select billing_account_id from invoicing.invoice where id = @invoice
              union select billing_account_id from subscriptions.subscription where id = any(@subscriptions)
              union select @account::uuid where @invoice::uuid is null)
            order by a.code
            """,
            new { invoice = subject.Invoice, account = subject.Account, subscriptions = subscriptions.Select(row => row.Id).ToArray() }, cancel);

    private Task<IReadOnlyList<PartyRow>> Customers(Subject subject, IReadOnlyList<AccountRow> accounts, CancellationToken cancel) =>
        database.Rows<PartyRow>(
            """
            select c.id as customer_id, c.code, c.name, c.country, c.correlation_id, c.created_at
            from customers.customer c
            where c.id in (
              select customer_id from customers.billing_account where id = any(@accounts)
              union select @customer::uuid where @invoice::uuid is null)
            """,
            new { accounts = accounts.Select(row => row.Id).ToArray(), customer = subject.Customer, invoice = subject.Invoice }, cancel);

    private Task<IReadOnlyList<SourceRow>> Sources(Subject subject, Guid[] correlations, CancellationToken cancel) => database.Rows<SourceRow>(
        """
        select r.run_id, r.row_no, r.row_key, r.outcome, r.field, r.reason, r.remedy, i.file_name, i.sha256, run.started_at, run.actor
        from intake.row r
        join intake.import i on i.run_id = r.run_id
        join runs.run run on run.id = r.run_id
        where r.correlation_id = any(@correlations) or (r.run_id = @Run and r.row_no = @RowNo)
        order by run.started_at, i.file_name, r.row_no
        limit 50
        """, new { correlations, subject.Run, subject.RowNo }, cancel);

    private async Task<(EntryRow? Entry, IReadOnlyList<EntryLineRow> Lines)> Entry(Guid invoice, CancellationToken cancel)
    {
        var entries = await database.Rows<EntryRow>(
            "select id, entry_date, created_at from ledger.journal_entry where source_id = @invoice and source_kind in ('invoice', 'credit-memo')",
            new { invoice }, cancel);
        if (entries.Count == 0) return (null, []);
        return (entries[0], await database.Rows<EntryLineRow>(
            "select line_no, account, currency, amount from ledger.journal_line where entry_id = @entry order by line_no",
            new { entry = entries[0].Id }, cancel));
    }

    private Task<PostingRow?> Posting(Guid document, CancellationToken cancel) => database.Row<PostingRow>(
        """
        select id, business_key, state, target, rules_version, routed_by, tries, look_ups, not_before, sent_at, erp_number, erp_id,
               currency, amount, created_at, changed_at, posting.turn(document_id) as turn
        from posting.posting
        where document_id = @document
        """, new { document }, cancel);

    // Which rule chose which account, tax code and dimension, line by line.
    private async Task<Step> Chosen(Step step, PostingRow? posting, CancellationToken cancel)
    {
        if (posting is null || await new ReadPostingChoices(database).Run(posting.BusinessKey, cancel) is not { Choices.Count: > 0 } chosen) return step;
        return step with
        {
            Facts = [.. step.Facts, .. chosen.Choices.Select(choice => new Fact(DocumentSteps.Named(choice), $"{choice.Theirs} ({choice.By})"))],
        };
    }

    private async Task<IEnumerable<Step>> Attempts(PostingRow posting, CancellationToken cancel)
    {
        var attempts = await database.Rows<AttemptRow>(
            """
            select number, kind, batch, node, started_at, ended_at, outcome, detail
            from posting.attempt
            where posting_id = @Id
            union all
            -- The one under way.
            select p.attempts, c.kind, c.id, c.node, c.taken_at, null, null, ''
            from posting.posting p join posting.claim c on c.id = p.claim
            where p.id = @Id
            order by number
            limit 100
            """, new { posting.Id }, cancel);
        var wire = await database.Rows<WireRow>(
            """
            select id, batch, operation, substring(request from 1 for @Read) as request, octet_length(request)::bigint as request_bytes,
                   substring(answer from 1 for @Read) as answer, octet_length(answer)::bigint as answer_bytes,
                   status, failure, started_at, ended_at
            from posting.exchange
            where batch = any(@batches)
            order by started_at, id
            limit 200
            """, new { batches = attempts.Select(row => row.Batch).Distinct().ToArray(), Payload.Read }, cancel);
        var steps = attempts.Select(attempt => DocumentSteps.Attempt(attempt, posting, [.. wire.Where(call => call.Batch == attempt.Batch)]));
        // What the ERP said by itself, where it was said.
        return steps.Concat(await new ConfirmationSteps(database).Of(posting, cancel)).OrderBy(step => step.At);
    }

    private Task<VerdictRow?> Verdict(string entity, Currency currency, AccountingMonth month, CancellationToken cancel) => database.Row<VerdictRow>(
        """
        select r.run_id, r.target, r.verdict, r.compared_at, r.unproven, r.problem
        from reconciliation.entity_result r
        join customers.legal_entity e on e.id = r.legal_entity_id
        where e.code = @entity and r.currency = @currency and r.month = @month
        order by r.compared_at desc
        limit 1
        """, new { entity, currency = currency.Code, month = month.FirstDay }, cancel);

    private Task<IReadOnlyList<HeldRow>> Held(Guid run, string key, CancellationToken cancel) => database.Rows<HeldRow>(
        """
        select number, customer, currency, total, month
        from reconciliation.held_document
        where run_id = @run and business_key = @key
        order by number
        """, new { run, key }, cancel);

    private Task<IReadOnlyList<BreakRow>> Breaks(Guid run, string key, CancellationToken cancel) => database.Rows<BreakRow>(
        """
        select category, erp_number, case when target = '' then cause else target || ': ' || cause end as cause, currency, amount
        from reconciliation.difference
        where run_id = @run and business_key = @key
        order by no
        """, new { run, key }, cancel);

    // A posting's case is under its business key, a break's under entity/month/business key.
    private static string[] Subjects(string entity, AccountingMonth month, string number) => [number, $"{entity}/{month}/{number}"];

    /// <summary>What keeps an account from being billed now.</summary>
    public async Task<IReadOnlyList<Step>> Stops(Guid account, CancellationToken cancel) =>
        [.. (await Cases([], account, cancel)).Where(row => row.State == "open").Select(ProofSteps.Case)];

    /// <summary>One case that exists.</summary>
    public async Task<Step> Case(Guid id, CancellationToken cancel) => ProofSteps.Case((await database.Rows<CaseRow>(
        """
        select id, category, code, cause, remedy, technical, state, resolution, repeats, currency, amount, opened_at, resolved_at
        from exceptions.exception_case where id = @id
        """, new { id }, cancel))[0]);

    private Task<IReadOnlyList<CaseRow>> Cases(string[] keys, Guid? account, CancellationToken cancel) => database.Rows<CaseRow>(
        """
        select id, category, code, cause, remedy, technical, state, resolution, repeats, currency, amount, opened_at, resolved_at
        from exceptions.exception_case
        where subject_key = any(@keys) or (@account::uuid is not null and billing_account_id = @account)
        union all
        -- Of a case that many share, what it is for this account.
        select x.id, x.category, x.code, x.cause, x.remedy, x.technical, case when w.ended is null then 'open' else 'resolved' end,
               case w.ended when 'billed' then 'This account was billed by "' || run.title || '".'
                            when 'waits-elsewhere' then 'This account waits for another rate since "' || run.title || '".'
                            when 'stopped' then 'This account is stopped by something else since "' || run.title || '".'
                            when 'nothing-left' then 'This account has nothing to be billed any more since "' || run.title || '".' else '' end,
               x.repeats, x.currency, w.amount, w.since, w.ended_at
        from exceptions.waiting w
        join exceptions.exception_case x on x.id = w.case_id
        left join runs.run on run.id = w.ended_run
        where w.billing_account_id = @account
        order by opened_at
        limit 50
        """, new { keys, account }, cancel);
}
