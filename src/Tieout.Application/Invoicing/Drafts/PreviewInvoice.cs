using System.Data;
using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Application.Subscriptions;
using Tieout.Application.Tax;
using Tieout.Application.Usage;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Invoicing.Drafts;

/// <summary>
/// Answers what billing an account as of a day would book, with every step of the arithmetic. The same path as a run, in a
/// transaction that cannot write. A tax engine is asked as it would be, and what it says is kept nowhere.
/// </summary>
public sealed class PreviewInvoice(NpgsqlDataSource database, TimeProvider clock, TaxRoutes? engines = null)
{
    /// <summary>Accounts of a customer that are previewed at once: each is decided by itself, in one transaction while somebody waits.</summary>
    public const int MostAccounts = 100;

    /// <summary>One account, or all of a customer that has at most <see cref="MostAccounts"/>.</summary>
    public async Task<InvoicePreviewOutcome> Run(InvoicePreviewRequest request, CancellationToken cancel)
    {
        var reader = new RequestReader();
        var (through, issueDate) = reader.Read(request.Date, request.Month, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime));
        var (account, customer) = Whose(request, reader);
        CheckAmendments(request.Amendments ?? [], reader);
        if (reader.Errors.Count > 0) return new InvoicePreviewOutcome.Unreadable(reader.Errors);
        await using var connection = await database.OpenConnectionAsync(cancel);
        // Usage that was accepted counts, as in a run, which begins with the same.
        await UsageSummaries.CatchUp(connection, clock, cancel);
        var answers = new TaxAnswers(engines ?? TaxRoutes.None);
        List<QuoteWanted> wanted = [];
        var outcome = await Look();
        if (wanted.Count == 0) return outcome;
        // Not while a transaction is open. What changed meanwhile is shown as it is: not known yet.
        await new AskForTaxes(database, clock).Ask(answers, wanted, keep: false, cancel);
        return await Look();

        Task<InvoicePreviewOutcome> Look() => Seen(connection, request, account, customer, through, issueDate, answers, wanted, cancel);
    }

    private async Task<InvoicePreviewOutcome> Seen(
        NpgsqlConnection connection, InvoicePreviewRequest request, string? account, string? customer, DateOnly through, DateOnly issueDate,
        TaxAnswers answers, List<QuoteWanted> wanted, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        await connection.ExecuteAsync("set transaction read only");
        var accounts = account is null ? await BilledAccount.OfCustomer(connection, customer!, cancel)
            : await BilledAccount.Find(connection, account, cancel) is { } one ? [one] : [];
        if (accounts.Count == 0) return new InvoicePreviewOutcome.NotFound(account is null ? "customer" : "account");
        if (accounts.Count > MostAccounts) return TooMany(accounts.Count);
        var (supposed, not) = await Suppose(connection, request.Amendments ?? [], accounts, cancel);
        if (not is not null) return not;
        var books = await BillingBooks.Load(connection, issueDate, clock, answers, cancel);
        List<InvoicePreview> previews = [];
        foreach (var item in accounts)
        {
            var (preview, decided) = await Of(connection, books, item, through, issueDate, supposed, cancel);
            previews.Add(preview);
            wanted.AddRange(decided.Decisions.Select(decision => decision.Unquoted).OfType<QuoteWanted>());
        }
        return new InvoicePreviewOutcome.Done(previews);
    }

    /// <summary>What would be booked for an account, as a person sees it and as it would be saved.</summary>
    internal static async Task<(InvoicePreview Preview, AccountsDecided Decided)> Of(
        NpgsqlConnection connection, BillingBooks books, BilledAccount account, DateOnly through, DateOnly issueDate,
        IReadOnlyDictionary<Guid, Supposed> supposed, CancellationToken cancel)
    {
        var asked = new AccountsAsked(account.LegalEntityId, account.Id, account.Id, through, issueDate)
        {
            Explain = true,
            Supposed = [.. supposed.Where(item => item.Value.Account == account.Id).Select(item => item.Key)],
            Suppose = supposed.Count == 0 ? null : accounts => PutInPlace(accounts, books, supposed),
        };
        var decided = await DecideAccounts.Run(connection, books, asked, cancel);
        var decision = decided.Decisions.Single();
        List<PreviewFinding> findings =
            [.. decision.Exceptions.Select(raised => new PreviewFinding(raised.Finding.Code, raised.Finding.Cause, raised.Finding.Remedy))];
        if (account.Closed(issueDate) is { } closed) findings.Add(closed);
        var preview = new InvoicePreview(
            account.Code, account.LegalEntity, account.Currency, through, issueDate, account.PurchaseOrder, account.Note,
            [.. decision.Documents.Select(document => PreviewedInvoice.Of(decision, document, decided.Decide))], findings,
            decision.Waits && decision.Exceptions.Count == 0)
        {
            Rollovers = [.. decision.Wanted.Rollovers.Select(PreviewedRollover.Of)],
        };
        return (preview, decided);
    }

    private static InvoicePreviewOutcome.Unreadable TooMany(int accounts)
    {
        var reader = new RequestReader();
        reader.Wrong("customer", string.Create(
            CultureInfo.InvariantCulture,
            $"Has {accounts} billing accounts, more than the {MostAccounts} that are previewed at once. Ask for its accounts one by one."));
        return new InvoicePreviewOutcome.Unreadable(reader.Errors);
    }

    private static (string? Account, string? Customer) Whose(InvoicePreviewRequest request, RequestReader reader)
    {
        if (!string.IsNullOrWhiteSpace(request.Account) && !string.IsNullOrWhiteSpace(request.Customer))
            reader.Wrong("customer", "Give an account or a customer, not both.");
        return string.IsNullOrWhiteSpace(request.Customer)
            ? (reader.Code("account", request.Account), null)
            : (null, reader.Code("customer", request.Customer));
    }

    private static void CheckAmendments(IReadOnlyList<SupposedAmendment> amendments, RequestReader reader)
    {
        foreach (var (index, one) in amendments.Index())
        {
            if (one is null || one.Amendment is null)
            {
                reader.Wrong($"amendments[{index}].amendment", "Say what would be amended.");
                continue;
            }
            reader.Code($"amendments[{index}].subscription", one.Subscription);
            var inner = new RequestReader();
            AmendmentReading.Check(one.Amendment, inner);
            foreach (var (field, texts) in inner.Errors) reader.Wrong($"amendments[{index}].amendment.{field}", texts[0]);
        }
    }

    private async Task<(IReadOnlyDictionary<Guid, Supposed> Supposed, InvoicePreviewOutcome? Not)> Suppose(
        NpgsqlConnection connection, IReadOnlyList<SupposedAmendment> amendments, IReadOnlyList<BilledAccount> accounts, CancellationToken cancel)
    {
        Dictionary<Guid, Supposed> supposed = [];
        string[] plans = [.. amendments.Select(one => one.Amendment!.Plan?.Trim()).OfType<string>()];
        Dictionary<string, LoadedSubscription> loaded = new(StringComparer.Ordinal);
        foreach (var (index, one) in amendments.Index())
        {
            var code = one.Subscription!.Trim();
            var stored = loaded.GetValueOrDefault(code) ?? await LoadedSubscription.Load(connection, code, plans, locked: false, cancel);
            if (stored is null || accounts.All(account => account.Id != stored.Account))
                return (supposed, new InvoicePreviewOutcome.NotFound($"amendments[{index}].subscription"));
            var decided = AmendmentDecision.Of(stored, one.Amendment!, clock.GetUtcNow());
            if (decided is not AmendmentDecision.Decided(var amendment, _, var after))
                return (supposed, new InvoicePreviewOutcome.NotPossible(index, ((AmendmentDecision.Not)decided).Outcome));
            var step = after.Steps.First(item => item.Amendment.Version == amendment.Version);
            loaded[code] = stored with
            {
                Version = amendment.Version,
                State = step.State,
                Amendments = [.. stored.Amendments, new StoredAmendment(amendment, step.Words, step.State, clock.GetUtcNow())],
            };
            supposed[stored.Id] = new Supposed(stored.Account, after);
        }
        return (supposed, null);
    }

    private static void PutInPlace(List<Domain.Invoicing.BillableAccount> accounts, BillingBooks books, IReadOnlyDictionary<Guid, Supposed> supposed)
    {
        foreach (var account in accounts)
            for (var index = 0; index < account.Subscriptions.Count; index++)
            {
                var standing = account.Subscriptions[index];
                if (!supposed.TryGetValue(standing.Subscription.Id.Value, out var then)) continue;
                List<Domain.Invoicing.PlanMinimum> minimums = [];
                foreach (var component in then.Timeline.Subscription.Components)
                    if (component.Terms.Kind != Domain.Catalog.PriceKind.OneOff
                        && books.Minimums.TryGetValue((component.Price.PlanCode, component.Price.Version, account.Account.Currency.Code), out var least))
                        minimums.Add(new Domain.Invoicing.PlanMinimum(component.From, component.Until, least));
                account.Subscriptions[index] = standing with
                {
                    Subscription = then.Timeline.Subscription,
                    Touched = true,
                    Minimums = minimums,
                };
            }
    }

    /// <summary>What a subscription would be, and whose it is.</summary>
    internal sealed record Supposed(Guid Account, Timeline Timeline);
}
