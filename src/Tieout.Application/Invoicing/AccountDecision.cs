using Tieout.Application.Exceptions;
using Tieout.Application.Tax;
using Tieout.Domain;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Exchange;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Rating;
using Tieout.Domain.Tax;

namespace Tieout.Application.Invoicing;

/// <summary>What an account lacks: wanted minus booked.</summary>
/// <param name="Problem">Why its charges could not be computed; nothing of it is billed then.</param>
internal sealed record AccountDifference(BillableAccount Account, WantedCharges Wanted, List<LineToBook> Lines, Finding? Problem)
{
    /// <summary>Something of it falls due after the day that is billed through and waits for a run of that day.</summary>
    public bool Later { get; init; }

    /// <summary>The arithmetic of every part; null when nobody asked.</summary>
    public IReadOnlyDictionary<LineKey, PricedLine>? Explained { get; init; }
}

/// <summary>What is booked for an account, or what stops it.</summary>
internal sealed record AccountDecision(
    BillableAccount Account, WantedCharges Wanted, IReadOnlyList<Invoice> Documents, IReadOnlyList<RaisedException> Exceptions)
{
    /// <summary>Charges and credits that come to nothing together wait, and so does what falls due later: they are still to be booked.</summary>
    public bool Waits { get; init; }

    /// <summary>All of it waits for a run of a later day: nothing is found out about what stopped it before.</summary>
    public bool PutOff { get; init; }

    /// <summary>The rate of exchange that its documents wait for; null when none is missing.</summary>
    public MissingRate? Missing { get; init; }

    /// <summary>That it is missing, said of the rate and not of the account.</summary>
    public Finding? Lacking { get; init; }

    /// <summary>The documents that wait for it, in the account's own currency.</summary>
    public IReadOnlyList<Invoice> Unconverted { get; init; } = [];

    /// <summary>What a tax engine has to say first; null when nothing is missing.</summary>
    public QuoteWanted? Unquoted { get; init; }

    /// <summary>The arithmetic of every part; null when nobody asked.</summary>
    public IReadOnlyDictionary<LineKey, PricedLine>? Explained { get; init; }
}

/// <summary>
/// From an account's books to its documents. Runs, drafts and previews decide by this and nothing else; only what is done with
/// the answer differs.
/// </summary>
internal sealed class DecideAccount(BillingBooks books, LineTaxes taxes, AccountQuotes? quotes, DateOnly issueDate)
{
    /// <summary>First step: what should stand and does not.</summary>
    /// <param name="account">With what is booked for it.</param>
    /// <param name="window">What is looked at: at least as far as it was billed already.</param>
    /// <param name="through">Through this day falls due what is billed.</param>
    /// <param name="explain">Gives the arithmetic too.</param>
    public static AccountDifference Compare(BillableAccount account, BillingWindow window, DateOnly through, bool explain = false)
    {
        if (account.Fault is { } fault) return NotComputed(account, Booking.NotComputed(fault));
        var explained = explain ? new Dictionary<LineKey, PricedLine>() : null;
        try
        {
            var wanted = Wanted.Of(account, window.Reaching(account.BilledThrough), explained);
            var lines = Difference.Between(wanted.Lines, account.Booked);
            return lines.Exists(line => !Booking.Holds(line))
                ? NotComputed(account, Booking.TooLarge)
                : DueLater.PutOff(new AccountDifference(account, wanted, lines, null) { Explained = explained }, through);
        }
        catch (RatingException trouble)
        {
            return NotComputed(account, new Finding(ExceptionCategory.Business, "cannot-be-rated", trouble.Message, trouble.Remedy));
        }
        catch (Exception bug) when (Booking.IsOfOneAccount(bug))
        {
            return NotComputed(account, Booking.NotComputed(bug));
        }
    }

    private static AccountDifference NotComputed(BillableAccount account, Finding finding) => new(account, new WantedCharges([], []), [], finding);

    /// <summary>Second step: the documents, with tax and, for another currency, what they are in the books' own.</summary>
    public AccountDecision Draw(AccountDifference difference, IReadOnlyList<StandingTax> standing)
    {
        if (difference.Problem is { } problem) return Stopped(difference, problem);
        try
        {
            return Drawn(difference, standing);
        }
        catch (Exception bug) when (Booking.IsOfOneAccount(bug))
        {
            return Stopped(difference, Booking.NotComputed(bug));
        }
    }

    private AccountDecision Drawn(AccountDifference difference, IReadOnlyList<StandingTax> standing)
    {
        var account = difference.Account;
        var quoted = quotes?.For(account.Account.Id);
        if (quoted is QuoteAnswer.Lacking lacking) return Stopped(difference, lacking.Finding) with { Unquoted = lacking.Wanted };
        List<TaxedLine> taxed = new(difference.Lines.Count);
        foreach (var line in difference.Lines)
        {
            if (line.Tax is { } carried) taxed.Add(new TaxedLine(line, carried));
            else if (quoted is QuoteAnswer.Standing stands) taxed.Add(stands.Lines[line.Line.Key]);
            else if (taxes.Of(account.Account, line.Line, issueDate) is TaxAnswer.Decided answer) taxed.Add(new TaxedLine(line, LineTaxes.Kept(answer.Decision)));
            else return Stopped(difference, ((TaxAnswer.Undecided)taxes.Of(account.Account, line.Line, issueDate)).Finding);
        }
        var documents = DrawUp.Of(account.Account, issueDate, taxed, standing);
        var booked = 0;
        foreach (var document in documents)
        {
            if (Proof(document) is { } wrong) return Stopped(difference, wrong);
            booked += document.Lines.Count;
        }
        var decision = InBooksCurrency(difference, documents);
        if (difference.Explained is not null) decision = decision with { Explained = difference.Explained };
        if (difference.Later) decision = decision with { Waits = true, PutOff = difference.Lines.Count == 0 };
        return booked < taxed.Count ? decision with { Waits = true } : decision;
    }

    /// <summary>Why a line is taxed as it is; a correction has the tax of what it corrects.</summary>
    public string WhyTaxed(BillableAccount account, TaxedLine line) =>
        line.Line.Origin is { } origin ? $"As invoice {origin.Number} was taxed."
        : line.Quote is { } quote ? quote.Explanation
        : taxes.Of(account.Account, line.Line.Line, issueDate) is TaxAnswer.Decided answer ? answer.Decision.Explanation
        : "";

    private AccountDecision InBooksCurrency(AccountDifference difference, IReadOnlyList<Invoice> documents)
    {
        var entity = books.Entities[difference.Account.Account.LegalEntity.Value];
        List<Invoice> converted = new(documents.Count);
        foreach (var document in documents)
        {
            if (!Booking.Holds(document)) return Stopped(difference, Booking.TooLarge);
            var (inBooks, wrong, missing) = ConvertedDocument.Of(document, entity.Currency, books.Exchange);
            if (missing is not null) return Stopped(difference, wrong!) with { Missing = missing, Lacking = wrong, Unconverted = documents };
            if (wrong is not null) return Stopped(difference, wrong);
            if (!Booking.Holds(inBooks)) return Stopped(difference, Booking.TooLarge);
            converted.Add(inBooks);
        }
        return new AccountDecision(difference.Account, difference.Wanted, converted, []);
    }

    // Checkpoint 2: the tax computed once more by another way. A correction's tax is what is left of the invoice's, and is proven there.
    private static Finding? Proof(Invoice document)
    {
        List<ProofLine> lines = new(document.Lines.Count);
        foreach (var line in document.Lines)
            if (line.Quote is not null) return DocumentTaxes.OtherThanQuoted(document);
            else if (line.Line.Origin is null) lines.Add(new ProofLine(line.Tax.Code, line.Tax.Rate, line.Amount));
        if (lines.Count == 0) return null;
        List<ProofTax> taxes = new(document.Taxes.Count);
        foreach (var tax in document.Taxes)
            if (tax.About is null) taxes.Add(new ProofTax(tax.Code, tax.Rate, tax.Base, tax.Tax));
        return TaxProof.Check(lines, taxes) is [var wrong, ..] ? wrong : null;
    }

    private AccountDecision Stopped(AccountDifference difference, Finding finding)
    {
        var account = difference.Account;
        var raised = new RaisedException(
            finding with { Cause = $"Account {account.Code} was not billed for {issueDate:yyyy-MM-dd}: {finding.Cause}" },
            "billing", $"{account.Code}/{AccountingMonth.Of(issueDate)}", account.Account.LegalEntity.Value, account.Account.Id.Value,
            AccountingMonth.Of(issueDate).FirstDay, account.Account.Currency.Code, Booking.Sum(difference.Lines),
            account.Account.Correlation.Value);
        return new AccountDecision(account, difference.Wanted, [], [raised]) { Waits = true };
    }
}
