using Npgsql;
using Tieout.Application.Tax;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Invoicing;

/// <summary>Which accounts are billed as of which day: those of a part, or one alone.</summary>
/// <param name="Through">Through this day falls due what is billed.</param>
/// <param name="IssueDate">The date of the documents.</param>
internal sealed record AccountsAsked(Guid Entity, Guid First, Guid Last, DateOnly Through, DateOnly IssueDate)
{
    /// <summary>Every account is looked at whole: what stands is not what the window showed.</summary>
    public bool Everything { get; init; }

    /// <summary>Gives every step of the arithmetic too.</summary>
    public bool Explain { get; init; }

    /// <summary>Puts in place what somebody asks about instead of what stands.</summary>
    public Action<List<BillableAccount>>? Suppose { get; init; }

    /// <summary>Subscriptions to look at from the day billing began, because something is supposed about them.</summary>
    public IReadOnlyCollection<Guid> Supposed { get; init; } = [];
}

/// <summary>What is booked for accounts, with the marks that led to it.</summary>
/// <param name="Decide">Answers why a line is taxed as it is.</param>
internal sealed record AccountsDecided(List<AccountDecision> Decisions, LookedAtWhole Whole, DecideAccount Decide);

/// <summary>
/// Loads accounts and decides what is booked for them. A run's part, a preview and a draft made final all come here, so that what
/// is shown is what would be booked.
/// </summary>
internal static class DecideAccounts
{
    public static async Task<AccountsDecided> Run(NpgsqlConnection connection, BillingBooks books, AccountsAsked asked, CancellationToken cancel)
    {
        var window = books.Entities[asked.Entity].Window(asked.Through) with { Today = books.Today };
        if (asked.Everything) window = await BookedLines.Reach(connection, asked.First, asked.Last, window, cancel);
        var whole = (await LookedAtWhole.Load(connection, asked.Entity, asked.First, asked.Last, window, asked.Everything, cancel)).With(asked.Supposed);
        // Read as far as the account that was billed furthest; each account is compared in its own window.
        var reach = window.Reaching(whole.BilledAhead);
        var accounts = await AccountsToBill.Load(
            connection, asked.Entity, asked.First, asked.Last, reach, books, whole, asked.Suppose, cancel);
        var profiles = await StoredTaxes.Profiles(connection, asked.Entity, asked.First, asked.Last, cancel);
        var differences = accounts.ConvertAll(account => DecideAccount.Compare(account, window, asked.Through, asked.Explain));
        var quotes = await AccountQuotes.Load(connection, books, asked, differences, profiles, cancel);
        var decide = new DecideAccount(books, new LineTaxes(books, profiles), quotes, asked.IssueDate);
        var standing = await StandingTaxes.Load(connection, differences.SelectMany(item => item.Lines), cancel);
        return new AccountsDecided(differences.ConvertAll(item => decide.Draw(item, standing)), whole, decide);
    }
}
