using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Domain;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Tax;

namespace Tieout.Application.Tax;

/// <summary>Whether an account's taxes are known.</summary>
internal abstract record QuoteAnswer
{
    private QuoteAnswer() { }

    /// <summary>Each line that is new, with its tax.</summary>
    public sealed record Standing(IReadOnlyDictionary<LineKey, TaxedLine> Lines) : QuoteAnswer;

    /// <summary>Not yet. Nothing of the account is billed until they are.</summary>
    /// <param name="Wanted">What is to be asked; null when there is nobody to ask.</param>
    public sealed record Lacking(QuoteWanted? Wanted, Finding Finding) : QuoteAnswer;
}

/// <summary>The taxes of accounts whose legal entity is taxed by an engine, as far as they were asked for. Reads only; nobody is asked here.</summary>
internal sealed class AccountQuotes
{
    /// <summary>The finding's code when an account waits for its tax.</summary>
    public const string NotQuoted = "tax-not-quoted";

    private readonly Dictionary<Guid, QuoteAnswer> _answers = [];

    private AccountQuotes() { }

    /// <summary>Null when our own table taxes the legal entity: then there is nothing to read.</summary>
    public static async Task<AccountQuotes?> Load(
        NpgsqlConnection connection, BillingBooks books, AccountsAsked asked, IReadOnlyList<AccountDifference> differences,
        IReadOnlyDictionary<CustomerId, TaxProfile> profiles, CancellationToken cancel)
    {
        var entity = books.Entities[asked.Entity];
        if (books.Engines.Routes.Find(entity.Code, asked.IssueDate) is not { } route)
            return entity.TaxedByOn(asked.IssueDate) is { } engine ? NobodyToAsk(entity.Code, engine, differences) : null;
        var some = differences.Where(HasNew).ToList();
        var buyers = await Buyers(connection, some, profiles, cancel);
        var wanted = some.ConvertAll(item => QuoteWanted.Of(item.Account.Account, item.Lines, route, asked.IssueDate, buyers[item.Account.Account.Customer])!);
        var kept = await KeptQuotes.Load(connection, wanted, cancel);
        var quotes = new AccountQuotes();
        foreach (var item in wanted)
            quotes._answers.Add(item.Account, Answer(item, kept.TryGetValue(item.Fingerprint, out var stands) ? stands : books.Engines.Told(item), books.Engines));
        return quotes;
    }

    /// <summary>Null when nothing of the account is new.</summary>
    public QuoteAnswer? For(BillingAccountId account) => _answers.GetValueOrDefault(account.Value);

    private static bool HasNew(AccountDifference difference) => difference.Lines.Exists(line => line.Tax is null);

    // Checkpoint 2 looks at it each time it is used, not only when it came in.
    private static QuoteAnswer Answer(QuoteWanted wanted, (Guid Id, TaxQuote Quote)? stands, TaxAnswers engines)
    {
        if (stands is not { } quote) return new QuoteAnswer.Lacking(wanted, engines.Failed(wanted) ?? NotAsked(wanted.Route.Name));
        return QuoteProof.Check(wanted.Asked, quote.Quote) is [var wrong, ..]
            ? new QuoteAnswer.Lacking(null, wrong)
            : new QuoteAnswer.Standing(QuotedTaxes.Of(wanted, quote.Id, quote.Quote));
    }

    private static AccountQuotes NobodyToAsk(string entity, string engine, IReadOnlyList<AccountDifference> differences)
    {
        var quotes = new AccountQuotes();
        var finding = new Finding(
            ExceptionCategory.Business, NotQuoted, $"{entity} is taxed by {engine}, and this program was not told how to reach it.",
            $"Name the file of tax engines (--tax-engines). If {engine} is to tax {entity} no longer, say so: tieout tax release {entity} --from DAY.");
        foreach (var item in differences.Where(HasNew)) quotes._answers.Add(item.Account.Account.Id.Value, new QuoteAnswer.Lacking(null, finding));
        return quotes;
    }

    private static Finding NotAsked(string engine) => new(
        ExceptionCategory.Technical, NotQuoted, $"what is to be billed changed after {engine} was asked for its tax.",
        "Nothing is to be done: the next billing run asks again.");

    private static async Task<IReadOnlyDictionary<CustomerId, TaxBuyer>> Buyers(
        NpgsqlConnection connection, IReadOnlyList<AccountDifference> differences, IReadOnlyDictionary<CustomerId, TaxProfile> profiles, CancellationToken cancel)
    {
        // Without a tax profile an engine is told the customer's address.
        var rows = await connection.QueryAsync<(Guid Id, string Code, string Country, string Postcode, string Region)>(new CommandDefinition(
            "select id, code, country, postcode, region from customers.customer where id = any(@ids)",
            new { ids = differences.Select(item => item.Account.Account.Customer.Value).Distinct().ToArray() }, cancellationToken: cancel));
        return rows.ToDictionary(
            row => new CustomerId(row.Id),
            row => new TaxBuyer(row.Code, profiles.GetValueOrDefault(new CustomerId(row.Id)) ?? new TaxProfile(row.Country, row.Postcode, row.Region)));
    }
}
