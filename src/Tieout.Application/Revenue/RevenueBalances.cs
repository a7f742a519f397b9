using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Tieout.Domain;

namespace Tieout.Application.Revenue;

/// <summary>What balances of revenue are told by. <see cref="Words"/> spells it outside the program.</summary>
public enum BalanceBy
{
    /// <summary>Each subscription; what a given contract covers under the contract, charges without a subscription under their billing account.</summary>
    Subscription,

    /// <summary>Each billing account; a contract that covers several under the contract.</summary>
    BillingAccount,

    /// <summary>Each invoice and credit memo; what a given contract covers of them under the contract.</summary>
    Document,

    /// <summary>Given contracts alone, and all else as one row.</summary>
    Contract,
}

/// <summary>What a row of balances is of.</summary>
public enum BalanceKind
{
    /// <summary>A subscription.</summary>
    Subscription,

    /// <summary>A billing account; by subscription its charges without one.</summary>
    BillingAccount,

    /// <summary>An invoice or a credit memo.</summary>
    Document,

    /// <summary>A given contract.</summary>
    Contract,

    /// <summary>What no given contract covers.</summary>
    NoContract,
}

/// <summary>Which balances are asked for.</summary>
/// <param name="LegalEntity">Its code.</param>
/// <param name="On">As of the end of this day.</param>
/// <param name="After">Where the page before ended; null for the first.</param>
public sealed record BalancesQuestion(string LegalEntity, BalanceBy By, DateOnly On, BalanceCursor? After = null);

/// <summary>Balances of what a legal entity deferred and earned.</summary>
/// <param name="Rows">A page of them.</param>
/// <param name="Totals">Over all rows of all pages, by currency, beside the ledger; on the first page alone.</param>
/// <param name="Next">Token to give as <c>after</c> for the next page; null on the last.</param>
public sealed record RevenueBalances(
    string LegalEntity, DateOnly On, BalanceBy By, IReadOnlyList<BalanceRow> Rows, IReadOnlyList<BalanceTotal> Totals, string? Next);

/// <summary>Invoiced − credited − recognised = deferred revenue − unbilled receivable − contract asset.</summary>
/// <param name="Code">Code of the subscription, billing account or contract, number of the document; empty for all that no contract covers.</param>
/// <param name="BillingAccount">Code of the one billing account that it is of; empty where there are several.</param>
/// <param name="Figures">In its own currency.</param>
public sealed record BalanceRow(BalanceKind Kind, string Code, string BillingAccount, BalanceFigures Figures);

/// <summary>The figures of a row.</summary>
/// <param name="Invoiced">Deferred by invoices until that day, less what they give back of earlier ones.</param>
/// <param name="Credited">Given back by credit memos until that day.</param>
/// <param name="Recognised">Booked as revenue out of it in months that had ended by that day.</param>
/// <param name="DeferredRevenue">Invoiced and not earned; credit positive.</param>
/// <param name="UnbilledReceivable">Earned and not invoiced, where only time has to pass, as of the last month's end.</param>
/// <param name="ContractAsset">The same where something else has to.</param>
public sealed record BalanceFigures(
    Money Invoiced, Money Credited, Money Recognised, Money DeferredRevenue, Money UnbilledReceivable, Money ContractAsset);

/// <summary>All rows of one currency, and the ledger.</summary>
/// <param name="Figures">Their sums.</param>
/// <param name="Accounts">Deferred revenue, unbilled receivables and contract assets as the ledger has them.</param>
public sealed record BalanceTotal(BalanceFigures Figures, IReadOnlyList<BalanceAccount> Accounts);

/// <summary>An account of the ledger beside the rows: deferred revenue credit positive, the two assets debit positive.</summary>
/// <param name="Rows">What all rows come to.</param>
/// <param name="OtherEntries">What entries did to it that are neither of documents nor of revenue runs: no row has them.</param>
/// <param name="Ledger">What the account comes to at the end of the day.</param>
public sealed record BalanceAccount(string Account, Money Rows, Money OtherEntries, Money Ledger)
{
    /// <summary>What the ledger has more; zero once a revenue run has seen to every month that has ended.</summary>
    public Money Difference => Ledger - Rows - OtherEntries;
}

/// <summary>Where a page of balances ends: rows stand in stretches, such as subscriptions before contracts, each by its key.</summary>
public readonly record struct BalanceCursor(int Stretch, string Key)
{
    private const int Longest = 600;

    /// <summary>Reads what <see cref="ToString"/> wrote; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? token, out BalanceCursor cursor)
    {
        cursor = default;
        if (token is null || token.Length > Longest || !Base64Url.IsValid(token)) return false;
        var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token));
        if (text.Length < 2 || text[0] is < '0' or > '9' || text[1] != '/' || text.Contains('\0', StringComparison.Ordinal)) return false;
        cursor = new BalanceCursor(text[0] - '0', text[2..]);
        return true;
    }

    /// <summary>A token for a URL.</summary>
    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{Stretch}/{Key}"));
}
